"""规则。Norms as data, each with one pure function; verdicts that cite the article."""
