"""From the files that editors write to a `Library`: schema, front matter, blocks, model."""
