"""The findings, by what they are about; each yields problems."""
