/** The report of a job: unpacks the data that lies in its page, and shows it. */

import type { PageData } from "../../page/page-data.ts";
import { bytesOf, readPageBytes } from "../../page/read-page.ts";
import { arraySection } from "./array-section.ts";
import { amdahlSection, costsSection } from "./costs-section.ts";
import { el } from "./elements.ts";
import {
  commandSection,
  failuresSection,
  heading,
  memorySection,
  readingSection,
  summarySection,
} from "./facts.ts";
import { drawAll } from "./redrawing.ts";
import { type SurfaceSection, surfaceSection } from "./surface-section.ts";
import { timelineSection } from "./timeline-section.ts";

async function unpacked(): Promise<PageData> {
  const packed = bytesOf(document.getElementById("data")!.textContent.trim());
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return readPageBytes(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function show(data: PageData): void {
  document.title = `${data.kernel}, job ${data.jobId}: ${data.state}`;
  let surface: SurfaceSection | undefined;
  const array =
    data.values.length > 0 &&
    arraySection(data, (shown) => {
      if (surface) surface.show(shown);
      else if (shown.picture.y) surface = surfaceSection(shown);
    });
  document
    .getElementById("report")!
    .replaceChildren(
      ...[
        ...heading(data),
        ...[array, surface?.element, summarySection(data)],
        ...[data.bars.length > 0 && timelineSection(data), costsSection(data), amdahlSection(data)],
        ...[memorySection(data), failuresSection(data), readingSection(data), commandSection(data)],
      ].filter((part) => part instanceof Node),
    );
  drawAll();
}

unpacked()
  .then(show)
  .catch((error: unknown) => {
    document.getElementById("report")!.append(el("p", {}, `This browser cannot show the report: ${error}`));
  });
