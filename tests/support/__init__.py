"""What several tests share: sample content, small projects, and the servers they talk to."""
