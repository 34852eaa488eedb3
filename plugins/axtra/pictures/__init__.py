"""Pictures made for an item of content: drawings, photographs in every size, posters to share."""
