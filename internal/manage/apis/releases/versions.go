package releases

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	releaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"
)

// VersionList is the answer of 4.2.10.
type VersionList struct {
	Total    int             `json:"total"`
	Size     int             `json:"size"`
	Versions []VersionRecord `json:"api_versions"`
}

// VersionRecord is one version in a list (table 4-130).
type VersionRecord struct {
	VersionID   string    `json:"version_id"`
	VersionNo   string    `json:"version_no"`
	APIID       string    `json:"api_id"`
	EnvID       string    `json:"env_id"`
	EnvName     string    `json:"env_name"`
	Remark      string    `json:"remark,omitempty"`
	PublishTime apig.Time `json:"publish_time"`
	Status      int       `json:"status" doc:"1 in force, 2 not."`
}

func (a *Area) versions(r *wire.Request) (*VersionList, error) {
	api, err := loadDraft(r.Context(), a.DB, &r.Actor, r.Path("api_id"))
	if err != nil {
		return nil, err
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	return listVersions(r.Context(), a.DB, api.id, r.Query().Get("env_id"), r.Query().Get("env_name"), page)
}

// Version is the answer of 4.2.12: the frozen document with where it stands.
type Version struct {
	draft.Document
	Frozen
	VersionID        string    `json:"version_id"`
	PublishTime      apig.Time `json:"publish_time"`
	Status           int       `json:"status"`
	ArrangeNecessary int       `json:"arrange_necessary"`
	RegisterTime     apig.Time `json:"register_time"`
	UpdateTime       apig.Time `json:"update_time"`
}

// Frozen is what a version and a runtime definition share beside the document.
type Frozen struct {
	ID         string   `json:"id"`
	GroupName  string   `json:"group_name"`
	RunEnvName string   `json:"run_env_name"`
	RunEnvID   string   `json:"run_env_id"`
	PublishID  string   `json:"publish_id"`
	SLDomain   string   `json:"sl_domain"`
	SLDomains  []string `json:"sl_domains"`
}

func (a *Area) version(r *wire.Request) (*Version, error) {
	v, err := loadVersion(r.Context(), a.DB, &r.Actor, r.Path("version_id"))
	if err != nil {
		return nil, err
	}
	return &Version{
		Document: v.doc, Frozen: a.frozen(v), VersionID: v.VersionID, PublishTime: v.PublishTime,
		Status: 1, ArrangeNecessary: 2,
		RegisterTime: v.registered, UpdateTime: v.updated,
	}, nil
}

func (a *Area) frozen(v *versionRow) Frozen {
	domain := v.subDomain + "." + a.Domain
	return Frozen{
		ID: v.APIID, GroupName: v.groupName, RunEnvName: v.envName, RunEnvID: v.EnvID,
		PublishID: v.PublishID, SLDomain: domain, SLDomains: []string{domain},
	}
}

// Runtime is the answer of 4.2.13: what callers need to know, no backend.
type Runtime struct {
	Frozen
	Name                string         `json:"name"`
	GroupID             string         `json:"group_id"`
	Type                int            `json:"type"`
	Version             string         `json:"version,omitempty"`
	ReqProtocol         string         `json:"req_protocol"`
	ReqMethod           string         `json:"req_method"`
	ReqURI              string         `json:"req_uri"`
	AuthType            string         `json:"auth_type"`
	AuthOpt             *draft.AuthOpt `json:"auth_opt,omitempty"`
	AuthorizerID        string         `json:"authorizer_id,omitempty"`
	MatchMode           string         `json:"match_mode"`
	Remark              string         `json:"remark,omitempty"`
	BackendType         string         `json:"backend_type"`
	Tag                 string         `json:"tag,omitempty"`
	Tags                []string       `json:"tags,omitempty"`
	Cors                bool           `json:"cors"`
	BodyRemark          string         `json:"body_remark,omitempty"`
	ResultNormalSample  string         `json:"result_normal_sample,omitempty"`
	ResultFailureSample string         `json:"result_failure_sample,omitempty"`
	ResponseID          string         `json:"response_id,omitempty"`
	ReqParams           []Param        `json:"req_params"`
}

func (a *Area) runtime(r *wire.Request) (*Runtime, error) {
	api, err := loadDraft(r.Context(), a.DB, &r.Actor, r.Path("id"))
	if err != nil {
		return nil, err
	}
	env := r.Query().Get("env_id")
	if env == "" {
		env = releaseID
	}
	if err := ownEnv(r.Context(), a.DB, &r.Actor, api.projectID, env); err != nil {
		return nil, err
	}
	id, err := runningVersion(r.Context(), a.DB, api.id, env)
	if err != nil {
		return nil, err
	}
	v, err := loadVersion(r.Context(), a.DB, &r.Actor, id)
	if err != nil {
		return nil, err
	}
	d := &v.doc
	return &Runtime{
		Frozen: a.frozen(v), Name: d.Name, GroupID: d.GroupID, Type: d.Type, Version: d.Version,
		ReqProtocol: d.ReqProtocol, ReqMethod: d.ReqMethod, ReqURI: d.ReqURI, AuthType: d.AuthType,
		AuthOpt: d.AuthOpt, AuthorizerID: d.AuthorizerID, MatchMode: d.MatchMode, Remark: d.Remark,
		BackendType: d.BackendType, Tag: d.Tag, Tags: d.Tags, Cors: d.Cors, BodyRemark: d.BodyRemark,
		ResultNormalSample: d.ResultNormalSample, ResultFailureSample: d.ResultFailureSample,
		ResponseID: d.ResponseID, ReqParams: params(d.ReqParams),
	}, nil
}

// splitRecord undoes recordID.
func splitRecord(id string) (apiID, envID string) {
	apiID, envID, _ = strings.Cut(id, "/")
	return apiID, envID
}
