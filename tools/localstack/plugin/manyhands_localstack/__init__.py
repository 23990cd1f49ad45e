"""LocalStack without Docker: see plugins.py for what it adds, __main__.py and supervisor.py for how it runs."""
