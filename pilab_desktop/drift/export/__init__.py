"""A drift report as a document: JSON for programs, a page of HTML and Markdown for people."""
