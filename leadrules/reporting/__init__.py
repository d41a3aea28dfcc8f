"""A report: scored leads, counted, as figures that a page, pictures and JSON show alike."""
