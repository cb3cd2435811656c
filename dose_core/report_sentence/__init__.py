"""One plain sentence about the dose of each part of an exam, for a report; by language and by templates of the site."""
