package ledger

import (
	"encoding/json"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// edit is what an edit of quotas names: a region, and numbers for items.
type edit struct {
	region  string
	numbers map[string]Amount // as the client names them
}

// UnmarshalJSON reads the numbers strictly: an unknown item would be a number
// that nothing enforces.
func (e *edit) UnmarshalJSON(raw []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return badRequest("Invalid input for field 'domain': it must be an object.")
	}
	region, ok := fields["region"]
	if !ok || json.Unmarshal(region, &e.region) != nil || e.region == "" {
		return invalid("region", "the name of a region")
	}
	delete(fields, "region")
	var err error
	e.numbers, err = amounts(fields, true)
	return err
}

// Schema is an object of numbers with one text.
func (edit) Schema() wire.Schema {
	return wire.Schema{
		"type": "object", "required": []string{"region"},
		"properties":           map[string]wire.Schema{"region": {"type": "string", "description": "Region of the quotas."}},
		"additionalProperties": Amount(0).Schema(),
	}
}

type domainEdit struct {
	Domain *edit `json:"domain" required:"true" doc:"The region, and the items that change with their quotas; -1 takes a quota away."`
}

type projectEdit struct {
	Project *edit `json:"project" required:"true" doc:"The region, and the items that change with their quotas; -1 takes a quota away."`
}

// sheet is a number for each item.
type sheet map[string]Amount

// figures are the sheets of a region, as in the reference.
type figures struct {
	Usage  sheet `json:"usage" doc:"What was given on: by a department to its projects, by the cloud to departments. Of a project: what it uses."`
	Quotas sheet `json:"quotas" doc:"The quota of each item; -1 is none."`
	Limits sheet `json:"limits" doc:"The most that can be set; -1 is no limit."`
}

type domainAnswer struct {
	Domain map[string]figures `json:"domain" doc:"By region."`
}

type projectAnswer struct {
	Project map[string]figures `json:"project" doc:"By region."`
}

// usageFigures are the sheets of the cloud.
type usageFigures struct {
	Usage     sheet `json:"usage" doc:"What is really used, open reservations included."`
	QuotaFake sheet `json:"quota_fake" doc:"Obsolete, without meaning: repeats quotas."`
	Allocated sheet `json:"allocated" doc:"What was given to departments, and to projects of the default one."`
	Quotas    sheet `json:"quotas" doc:"The quota of each item; -1 is none."`
	Limits    sheet `json:"limits" doc:"The most that can be set; -1 is no limit."`
}

type usageAnswer struct {
	Domain map[string]usageFigures `json:"domain" doc:"By region."`
}
