package envs

import (
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// ReleaseID is the id of RELEASE in every project (wire-facts §2.2).
const ReleaseID = "DEFAULT_ENVIRONMENT_RELEASE_ID"

const releaseName = "RELEASE"

// release is the environment that exists without a row. Its creation time is
// a constant: clients compare what they read with what they read before, and
// it is older than every project.
func release(chinese bool) *Env {
	e := &Env{
		ID: ReleaseID, Name: releaseName, Remark: "Production environment",
		CreateTime: apig.Time(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)),
	}
	if chinese {
		e.Remark = "生产环境" // the reference's own words, 4.5.5
	}
	return e
}

// releaseMatches is for RELEASE what Filter.Match is for rows.
func releaseMatches(name string, precise bool) bool {
	if precise {
		return name == "" || name == releaseName
	}
	return strings.Contains(strings.ToLower(releaseName), strings.ToLower(name))
}
