package api_test

// part is what one area adds to the matrix of tenancy. Its kinds are declared
// beside it.
type part struct {
	// paths says what the ids in a path pattern are, in order; an action stands
	// for a path that two operations share and do not mean the same by.
	paths map[string][]kind
	// fill makes one thing of each kind of the area for h, with h.marker in
	// every text, and enters it into h.ids by the name of its kind; what nobody
	// else may ever see goes into h.secrets.
	fill func(s *scenario, h *holder)
	// empty answers the paths to delete what fill made, in order.
	empty func(h *holder) []string
	// spare makes something of the kind that a write may use up, and answers the
	// ids of the path and the paths to delete what is left of it.
	spare map[string]func(s *scenario, op *operation, h *holder, name string) (ids, paths []string)
	// bodies are those with which an operation on the path with these ids
	// succeeds, by its action; queries what it needs in the query.
	bodies  map[string]func(s *scenario, h *holder, ids []string) any
	queries map[string]string
	// forAdmins are the actions that administrators alone may do, with the code
	// that everybody else gets, whatever the id.
	forAdmins map[string]string
	// forOwners are the actions that an administrator may not do in the owner's
	// place, with the status that it gets.
	forOwners map[string]int
	// needs are the parameters without which a list does not answer, by its path
	// below /v1.0/apigw/; each begins with &.
	needs map[string]func(h *holder) string
	// references are the ids that bodies and queries of the area take.
	references func(s *scenario, h *holder) []reference
}

// parts are in an order in which each can use what those before it made.
// Things are emptied in the same order, before the group and the API go.
var parts = []part{
	debugPart,
	throttlesPart,
	aclsPart,
	signsPart,
	domainsPart,
	responsesPart,
	channelsPart,
	serversPart,
	authorizersPart,
	functionsPart,
	marketPart,
	outlinePart,
	statisticsPart,
	configsPart,
	tracesPart,
	openapiPart,
	accessTokensPart,
	credentialsPart,
	quotasPart,
}
