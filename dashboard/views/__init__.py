"""One file a page; what several pages draw stands in files of its own."""
