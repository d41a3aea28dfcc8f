"""Figures → charts, on paper of one size, as SVG for the page and PNG for slides."""
