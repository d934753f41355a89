package releases

import (
	"cmp"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
)

// Param is a request parameter as callers are told of it (table 4-149). Unlike a
// draft's it has every field: what is not set is empty or 0, as in the sample
// of 4.2.13.
type Param struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Type         string `json:"type"`
	Location     string `json:"location"`
	DefaultValue string `json:"default_value"`
	SampleValue  string `json:"sample_value"`
	Required     int    `json:"required"`
	ValidEnable  int    `json:"valid_enable"`
	Remark       string `json:"remark"`
	Enumerations string `json:"enumerations"`
	MinNum       int64  `json:"min_num"`
	MaxNum       int64  `json:"max_num"`
	MinSize      int    `json:"min_size"`
	MaxSize      int    `json:"max_size"`
	Regular      string `json:"regular"`
	JSONSchema   string `json:"json_schema"`
}

func params(list []draft.Param) []Param {
	out := make([]Param, len(list))
	for i, p := range list {
		out[i] = Param{
			ID: p.ID, Name: p.Name, Type: p.Type, Location: p.Location, DefaultValue: value(p.DefaultValue),
			SampleValue: p.SampleValue, Required: p.Required, ValidEnable: p.ValidEnable, Remark: p.Remark,
			Enumerations: p.Enumerations, MinNum: value(p.MinNum), MaxNum: value(p.MaxNum),
			MinSize: value(p.MinSize), MaxSize: value(p.MaxSize), Regular: p.Regular, JSONSchema: p.JSONSchema,
		}
	}
	return out
}

// value is what p points to, or nothing.
func value[T cmp.Ordered](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
