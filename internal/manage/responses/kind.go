package responses

import (
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// A single type of a response is answered as an object with that one key, as v2
// does.

func (a *Area) showType(r *wire.Request) (map[string]Type, error) {
	response, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	return response.one(r.Path("response_type"))
}

func (a *Area) updateType(r *wire.Request, in *TypeInput) (map[string]Type, error) {
	r.Touched(r.Path("response_id"))
	s, err := in.check("")
	if err != nil {
		return nil, err
	}
	return a.editType(r, func(response *Response, name string) { response.set[name] = s })
}

func (a *Area) resetType(r *wire.Request) error {
	r.Touched(r.Path("response_id"))
	_, err := a.editType(r, func(response *Response, name string) { delete(response.set, name) })
	return err
}

func (a *Area) editType(r *wire.Request, change func(response *Response, name string)) (map[string]Type, error) {
	name := r.Path("response_type")
	response, err := a.edit(r, func(response *Response) error {
		if _, err := response.one(name); err != nil {
			return err
		}
		change(response, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return response.one(name)
}

// one is the answer about one type. In a path its name is an id like the others,
// so its case counts.
func (response *Response) one(name string) (map[string]Type, error) {
	if _, known := statusOf(name); !known {
		return nil, apig.E3007.With("there is no such type of response")
	}
	return map[string]Type{name: shown(name, response.set)}, nil
}
