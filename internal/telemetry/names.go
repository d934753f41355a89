package telemetry

// Metric names. The prefix says whose they are, the suffix the unit.
const (
	nameBuild             = "lintel_build_info"
	nameCalls             = "lintel_gateway_calls_total"
	nameFaults            = "lintel_gateway_faults_total"
	nameCallSeconds       = "lintel_gateway_call_duration_seconds"
	nameBackendSeconds    = "lintel_gateway_backend_duration_seconds"
	nameSnapshotRevision  = "lintel_gateway_snapshot_revision"
	nameSnapshotRecords   = "lintel_gateway_snapshot_records"
	nameSnapshotBroken    = "lintel_gateway_snapshot_broken_records"
	nameStateFaults       = "lintel_gateway_state_faults_total"
	nameAccessDropped     = "lintel_access_records_dropped_total"
	nameAuditFailed       = "lintel_audit_records_failed_total"
	nameManagement        = "lintel_management_requests_total"
	nameManagementSeconds = "lintel_management_request_duration_seconds"
)

// Labels.
const (
	labelClass   = "class"  // "2xx"
	labelCode    = "code"   // "APIG.0101"
	labelAction  = "action" // "apigw:apps:create"
	labelStatus  = "status" // "201"
	labelVersion = "version"
	labelGo      = "go_version"
)

// other stands for every label value that is not in its list.
const other = "other"

// callBuckets reach from a MOCK answer to the longest backend time-out (60 s).
var callBuckets = [...]float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// managementBuckets reach from a list to a batch publication.
var managementBuckets = []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
