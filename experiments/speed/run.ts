/** Holds what the other experiments recorded against the project's targets. Measures nothing itself. */
import { publish } from "../measuring/page.ts";
import { page, readAll, SOURCES } from "./page.ts";

const recorded = readAll();
publish("speed", page(recorded), recorded["start-up"].from, SOURCES);
