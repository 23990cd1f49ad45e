/** What may happen to a job's folder between its client's runs, and while one of them is at it. */

export const INCIDENTS = {
  "client killed": "SIGKILL to the client while workers hear nothing; the job goes on with another engine",
  "client killed in a container": "the same in a PID namespace of its own, and it goes on outside of it",
  "two clients":
    "another client resumes the job while one is at it, in a namespace of its own or not, and is turned away",
  "signal to the client":
    "SIGINT, SIGTERM, SIGHUP or SIGQUIT, after which nothing may be left; or SIGSTOP and, later, SIGCONT",
  "signal to a slot": "one of those or SIGKILL to a worker or the aggregator: the run completes",
  cancelled: "`manyhands cancel` from another process, also while a resumption looks at what is stored",
  "clock stepped":
    "the clock of the client and its embedded cloud is set by an hour back or on, or by 15 days",
  "chunk unreadable":
    "a folder, a FIFO or a dangling link in a chunk's place: that chunk fails, and no other",
  "folder damaged":
    "each file is removed, emptied, cut, garbled, has a bit flipped, or becomes a folder, a FIFO or a dangling link",
  "disk full": "a file system of 48 to 160 KB, which is enlarged for the next run",
  "drainer killed": "SIGKILL to workers that a burst started, played locally, and to the mapping's",
} as const;

export type IncidentKind = keyof typeof INCIDENTS;
export const INCIDENT_KINDS = Object.keys(INCIDENTS) as IncidentKind[];
