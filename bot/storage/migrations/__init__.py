"""One chain of migrations for every database; a landed one is never edited."""
