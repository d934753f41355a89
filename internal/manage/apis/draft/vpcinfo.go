package draft

import (
	"bytes"
	"encoding/json"
)

// VPCInfo names a VPC channel. Requests carry it as an object, answers as a
// plain string: clients decode the answer into a string and break on an object
// (wire-facts §16.6 and §19 row 8), so the asymmetry is kept.
type VPCInfo struct {
	VPCID     string
	ProxyHost string
}

// UnmarshalJSON accepts both forms.
func (v *VPCInfo) UnmarshalJSON(b []byte) error {
	if len(bytes.TrimSpace(b)) > 0 && bytes.TrimSpace(b)[0] == '"' {
		v.ProxyHost = ""
		return json.Unmarshal(b, &v.VPCID)
	}
	var o struct {
		VPCID     string `json:"vpc_id"`
		ProxyHost string `json:"vpc_proxy_host"`
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	v.VPCID, v.ProxyHost = o.VPCID, o.ProxyHost
	return nil
}

// MarshalJSON answers the channel's id.
func (v VPCInfo) MarshalJSON() ([]byte, error) { return json.Marshal(v.VPCID) }
