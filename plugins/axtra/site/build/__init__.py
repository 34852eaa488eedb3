"""The incremental build: a table of jobs becomes the output folder; only the jobs needed are done.

A `Table` names each file of the site and the job that makes its bytes (`jobs`). `publish` asks the
records of the last build (`build_records`) which jobs may be left out: a job is a function of the
facts that it reads of the content (`content_reads` notes them while it works, `facts` names and
compares them), of the values named when it was added, and of what any job may read (`build_inputs`:
settings, theme, program); if none of these has changed and its files are as they were left, it is
not done. The other jobs are done, on every core, into a folder beside the output
(`staging`), in which files that stay are hard links; once all have succeeded and the site as a
whole is sound, the two folders change places in one system call, and the new records are kept. So
a build that fails or is killed leaves the old folder, and a build without records does every job.
"""

from axtra.site.build.build_inputs import open_records
from axtra.site.build.build_records import BuildRecords, NoRecords
from axtra.site.build.content_reads import note_read, note_unknown
from axtra.site.build.jobs import (
    Job,
    Made,
    OutputError,
    SetJob,
    Table,
    Task,
    file_of,
    text_job,
)
from axtra.site.build.output import Change, Progress, judge, publish, silent
from axtra.site.build.staging import spare_folder

__all__ = [
    "BuildRecords",
    "Change",
    "Job",
    "Made",
    "NoRecords",
    "OutputError",
    "Progress",
    "SetJob",
    "Table",
    "Task",
    "file_of",
    "judge",
    "note_read",
    "note_unknown",
    "open_records",
    "publish",
    "silent",
    "spare_folder",
    "text_job",
]
