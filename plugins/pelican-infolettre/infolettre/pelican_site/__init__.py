"""Letters for a site of Pelican: the only room that knows it; `plugin` is where it begins."""
