"""Pages: routes find, read, call and answer. No SQL, no rule, no wording of the rule set here."""
