"""The incremental build: jobs, what each one read, and the folder that they become."""
