"""Settings of Sphinx for the documentation's site. tools/site builds it, from a copy of the pages."""

project = "manyhands"
html_title = "manyhands"
extensions = ["myst_parser"]
root_doc = "index"
source_suffix = {".md": "markdown"}

# Links to headings by the names that GitHub gives them. One that leads nowhere is a warning, and each warning ends the build.
myst_heading_anchors = 5
# Blocks of code need not parse as their language.
suppress_warnings = ["misc.highlighting_failure"]
smartquotes = False
# What a terminal shows is no Python.
highlight_language = "none"

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
# It fetches each page that was found, which browsers refuse to pages on a disk.
html_show_search_summary = False
# Contrast AA in both.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
