package apig

import (
	"slices"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// All lists every error of the reference's appendix A.4 in its order.
func All() []*wire.Error { return slices.Concat(badRequests(), denials(), failures()) }

// The forms below are what servers of this dialect really send: the text of
// the code with the parameter or the id at fault (wire-facts §1.4).

// Missing refuses a request without a parameter that it needs.
func Missing(param string) *wire.Error { return named(E2001, param) }

// TooSmall refuses a number below its range.
func TooSmall(param string) *wire.Error { return named(E2002, param) }

// TooLarge refuses a number above its range.
func TooLarge(param string) *wire.Error { return named(E2003, param) }

// TooShort refuses a text with too few characters.
func TooShort(param string) *wire.Error { return named(E2005, param) }

// TooLong refuses a text with too many characters, or a list with too many
// items.
func TooLong(param string) *wire.Error { return named(E2006, param) }

// Invalid refuses a value that breaks the rules of its parameter.
func Invalid(param string) *wire.Error { return named(E2011, param) }

// named is the text of e without its full stop, followed by the parameter.
func named(e *wire.Error, param string) *wire.Error {
	return e.Msg("%s,parameterName:%s. Please refer to the support documentation", e.Text(), shown(param))
}

// Taken refuses a value that must be unique, in the one form that is known of
// it: "The API name already exists, api_name:api_demo".
func Taken(e *wire.Error, param, value string) *wire.Error {
	return e.Msg("%s, %s:%s", e.Text(), param, shown(value))
}

// NoGroup says that there is no such API group.
func NoGroup(id string) *wire.Error { return E3001.Msg("API group %s does not exist", shown(id)) }

// NoAPI says that there is no such API.
func NoAPI(id string) *wire.Error { return E3002.Msg("API %s does not exist", shown(id)) }

// NoEnv says that there is no such environment.
func NoEnv(id string) *wire.Error { return E3003.Msg("Environment %s does not exist", shown(id)) }

// NoApp says that there is no such app.
func NoApp(id string) *wire.Error { return E3004.Msg("App %s does not exist", shown(id)) }

// NoGrant says that there is no such app authorisation record.
func NoGrant(id string) *wire.Error {
	return E3009.Msg("The app authorization record does not exist,id:%s", shown(id))
}

// NoVariable says that there is no such environment variable. The blank after
// the second comma is the original's.
func NoVariable(id string) *wire.Error {
	return E3011.Msg("The environment variable does not exist, id: %s", shown(id))
}

// NoPublication says that the API is not published in the environment. No
// original with an id is known; the form is that of the neighbouring codes.
func NoPublication(id string) *wire.Error {
	return E3015.Msg("The API publication record does not exist,id:%s", shown(id))
}

// NoVersion says that there is no such API version.
func NoVersion(id string) *wire.Error {
	return E3022.Msg("The API version does not exist,id:%s", shown(id))
}

// NoAppCode says that there is no such AppCode. The original names no id; ours
// does, because one app has up to five of them.
func NoAppCode(id string) *wire.Error {
	return E3082.Msg("The AppCode does not exist,id:%s", shown(id))
}

// Own answers nil when the resource of projectID is the actor's own or the
// actor administers the platform, and denied otherwise. The caller has looked
// the resource up by its id alone; nothing else of a foreign resource may
// reach the answer.
func Own(a *wire.Actor, projectID string, denied *wire.Error) error {
	if a.Admin() || (projectID != "" && a.ProjectID == projectID) {
		return nil
	}
	return denied
}

// NoChannel refuses the id of a VPC channel that is not there (wire-facts §1.4).
func NoChannel(id string) *wire.Error {
	return E3023.Msg("The VPC channel does not exist,id:%s", shown(id))
}

// NoAuthorizer refuses the id of an authorizer that is not there.
func NoAuthorizer(id string) *wire.Error {
	return E3081.Msg("authorizer with id: %s not found", shown(id))
}

// InProject answers the {project_id} of the path if the actor may work there.
func InProject(r *wire.Request) (string, error) {
	id := r.Path("project_id")
	return id, Own(&r.Actor, id, C7111)
}

// maxShown bounds what a message repeats of the client's own words.
const maxShown = 128

// shown is s as a message may repeat it: bounded, without control characters.
func shown(s string) string {
	clean := []rune(s)
	if len(clean) > maxShown {
		clean = append(clean[:maxShown], '…')
	}
	for i, r := range clean {
		if r < ' ' || r == 0x7f {
			clean[i] = '?'
		}
	}
	return string(clean)
}
