"""MLflow with its own access control beside the gateway in front of a plain MLflow: one world in both, the same requests to
both, and what each answers.

`people` says who asks, `objects` about what, `families` which requests there are, one file for each family of routes.
`play` sends them, `answers` says what of an answer is compared, and `differences` what may differ and why.
"""
