package catalog

// policies are the codes of throttling, access control, signature keys, group
// responses, domains and channels.
func policies() []Chapter {
	return []Chapter{
		{Text{"Throttling", "流量控制"}, []Entry{
			{"APIG.3005", Text{
				"No request throttling policy has this id. List the policies.",
				"该编号的流控策略不存在。请查询流控策略列表。",
			}},
			{"APIG.1105", Text{
				"The request throttling policy belongs to another project. Use one of your own.",
				"该流控策略属于其他项目。请使用自己的策略。",
			}},
			{"APIG.3204", Text{
				"The project has a request throttling policy of this name already. Choose another name.",
				"项目中已存在同名流控策略。请更换名称。",
			}},
			{"APIG.3012", Text{
				"No binding of a throttling policy has this id. List the bindings of the API or of the policy.",
				"该编号的流控绑定记录不存在。请查询 API 或策略的绑定列表。",
			}},
			{"APIG.3013", Text{
				"No excluded app or tenant has this id. List those of the policy.",
				"该编号的特殊流控不存在。请查询策略的特殊流控列表。",
			}},
			{"APIG.1108", Text{
				"The exclusion is part of a policy of another project. Use a policy of your own.",
				"该特殊流控属于其他项目的策略。请使用自己的策略。",
			}},
			{"APIG.3308", Text{
				"The policy has an exclusion for this app or tenant already. Change that one.",
				"策略中已有该应用或租户的特殊流控。请修改已有记录。",
			}},
			{"APIG.3451", Text{
				"The policy is bound to APIs. Unbind it first.",
				"流控策略已绑定 API。请先解除绑定。",
			}},
			{"APIG.3107", Text{
				"The project has as many throttling policies as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的流控策略数量已达上限。请删除部分策略，或请管理员提高配额。",
			}},
		}},
		{Text{"Access control", "访问控制"}, []Entry{
			{"APIG.3006", Text{
				"No access control policy has this id. List the policies.",
				"该编号的访问控制策略不存在。请查询策略列表。",
			}},
			{"APIG.1106", Text{
				"The access control policy belongs to another project. Use one of your own.",
				"该访问控制策略属于其他项目。请使用自己的策略。",
			}},
			{"APIG.3206", Text{
				"The project has an access control policy of this name already. Choose another name.",
				"项目中已存在同名访问控制策略。请更换名称。",
			}},
			{"APIG.3010", Text{
				"No binding of an access control policy has this id. List the bindings of the API or of the policy.",
				"该编号的访问控制绑定记录不存在。请查询 API 或策略的绑定列表。",
			}},
			{"APIG.2015", Text{
				"What should be an IP address is none; the text shows it. A list may also have blocks like 192.168.10.0/24 and ranges like 192.168.1.5-192.168.1.9, the lower end first.",
				"IP 地址不合法，错误信息给出了该值。列表中还可以使用 192.168.10.0/24 形式的网段和 192.168.1.5-192.168.1.9 形式的范围（起始地址在前）。",
			}},
			{"APIG.3306", Text{
				"The same address stands twice. Send each once.",
				"IP 地址重复。每个地址只需发送一次。",
			}},
			{"APIG.3447", Text{
				"The policy is bound to APIs. Unbind it first.",
				"访问控制策略已绑定 API。请先解除绑定。",
			}},
			{"APIG.3112", Text{
				"The project has as many access control policies as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的访问控制策略数量已达上限。请删除部分策略，或请管理员提高配额。",
			}},
			{"APIG.3100", Text{
				"Something without a code of its own is full: entries of a list, exclusions of a policy, bindings. The text says what; use less of it, or ask an administrator to raise the limit.",
				"没有专用错误码的资源已达上限，例如列表条目、特殊流控或绑定，错误信息说明了具体资源。请减少用量，或请管理员提高配额。",
			}},
		}},
		{Text{"Signature keys", "签名密钥"}, []Entry{
			{"APIG.3017", Text{
				"No signature key has this id. List the keys.",
				"该编号的签名密钥不存在。请查询签名密钥列表。",
			}},
			{"APIG.1112", Text{
				"The signature key belongs to another project. Use one of your own.",
				"该签名密钥属于其他项目。请使用自己的密钥。",
			}},
			{"APIG.3207", Text{
				"The project has a signature key of this name already. Choose another name.",
				"项目中已存在同名签名密钥。请更换名称。",
			}},
			{"APIG.3018", Text{
				"No binding of a signature key has this id. List the bindings of the API or of the key.",
				"该编号的签名密钥绑定记录不存在。请查询 API 或密钥的绑定列表。",
			}},
			{"APIG.3105", Text{
				"The project has as many signature keys as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的签名密钥数量已达上限。请删除部分密钥，或请管理员提高配额。",
			}},
		}},
		{Text{"Domains and certificates", "域名与证书"}, []Entry{
			{"APIG.3020", Text{
				"The group has no domain with this id. Show the group to see its domains.",
				"分组没有该编号的域名。请查看分组详情中的域名列表。",
			}},
			{"APIG.3305", Text{
				"The domain is bound to a group already; a domain belongs to one group. Unbind it there first.",
				"该域名已绑定到某个分组，一个域名只能属于一个分组。请先解绑。",
			}},
			{"APIG.3108", Text{
				"The group has as many domains as it may have. Unbind one, or ask an administrator to raise the limit.",
				"分组的域名数量已达上限。请解绑部分域名，或请管理员提高配额。",
			}},
			{"APIG.3021", Text{
				"The domain has no certificate with this id. Show the group to see the certificate of the domain.",
				"域名没有该编号的证书。请查看分组详情中域名的证书。",
			}},
			{"APIG.3474", Text{
				"The domain in the path belongs to another group than the one in the path. Use the group of the domain.",
				"路径中的域名不属于路径中的分组。请使用域名所属的分组。",
			}},
			{"APIG.2101", Text{
				"The private key is not that of the certificate. Send the key with which the certificate was requested.",
				"私钥与证书不匹配。请使用申请该证书时的私钥。",
			}},
			{"APIG.2102", Text{
				"The certificate has expired or is not valid yet. Get a new one.",
				"证书已过期或尚未生效。请更换证书。",
			}},
			{"APIG.2103", Text{
				"The certificate does not name the domain. Get one whose subject alternative names hold the domain, or a wildcard one label above.",
				"证书中没有该域名。请使用 SAN 中包含该域名或其上一级通配符的证书。",
			}},
			{"APIG.2104", Text{
				"A certificate of the chain is missing or belongs to another one. Send the domain's certificate first and then those that signed it.",
				"证书链缺失或不匹配。请先放域名证书，再放签发它的证书。",
			}},
			{"APIG.2105", Text{
				"The private key is encrypted. Decrypt it first, for example with openssl pkey; it is stored sealed here.",
				"私钥已加密。请先解密（例如使用 openssl pkey），私钥在此会加密保存。",
			}},
			{"APIG.2106", Text{
				"The certificate or the key cannot be read. Send PEM, at most 64 KiB, with an RSA key of 2048 bits or more, an ECDSA or an Ed25519 key.",
				"证书或私钥无法读取。请发送不超过 64 KiB 的 PEM，密钥为 2048 位以上的 RSA、ECDSA 或 Ed25519。",
			}},
		}},
		{Text{"Responses of a group", "分组自定义响应"}, []Entry{
			{"APIG.3030", Text{
				"The instance in the path of v2 is no id. Lintel takes any that is 32 hex characters or a UUID.",
				"v2 路径中的实例编号格式不合法。Lintel 接受任意 32 位十六进制字符或 UUID。",
			}},
			{"APIG.3216", Text{
				"The group has a response of this name already. Choose another name.",
				"分组中已存在同名响应。请更换名称。",
			}},
			{"APIG.3491", Text{
				"The default response stays with its group. Reset single types of it in place of deleting it.",
				"默认响应不能删除。可以把其中的某个类型恢复为默认值。",
			}},
			{"APIG.3492", Text{
				"The default response keeps its name. Send the name default, or make another response.",
				"默认响应不能改名。请使用名称 default，或新建其他响应。",
			}},
			{"APIG.3136", Text{
				"The group has as many responses as it may have. Delete one, or ask an administrator to raise the limit.",
				"分组的响应数量已达上限。请删除部分响应，或请管理员提高配额。",
			}},
		}},
		{Text{"VPC channels and servers", "VPC 通道与云服务器"}, []Entry{
			{"APIG.3023", Text{
				"No VPC channel has this id. List the channels.",
				"该编号的 VPC 通道不存在。请查询 VPC 通道列表。",
			}},
			{"APIG.1113", Text{
				"The VPC channel belongs to another project. Use one of your own.",
				"该 VPC 通道属于其他项目。请使用自己的通道。",
			}},
			{"APIG.3208", Text{
				"The project has a VPC channel of this name already. Choose another name.",
				"项目中已存在同名 VPC 通道。请更换名称。",
			}},
			{"APIG.3024", Text{
				"The channel has no member with this id. List the members of the channel.",
				"通道中没有该编号的云服务器。请查询通道的云服务器列表。",
			}},
			{"APIG.3092", Text{
				"No server of the project has this id. Enter it with PUT /v1/{project_id}/servers/{id}, or give the member's host yourself with member_type ip.",
				"项目中没有该编号的云服务器。请通过 PUT /v1/{project_id}/servers/{id} 登记，或以 member_type 为 ip 直接填写 host。",
			}},
			{"APIG.2025", Text{
				"The port is not between 1 and 65535. Correct it.",
				"端口不在 1 到 65535 之间。请修改。",
			}},
			{"APIG.3414", Text{
				"APIs use the VPC channel, as drafts or where they are published. Change them first.",
				"仍有 API（草稿或已发布）使用该 VPC 通道。请先修改这些 API。",
			}},
			{"APIG.1120", Text{
				"Channels of type 1 lead to a load balancer of the cloud, which Lintel does not have. Make a channel of type 2 with the balancer's address as a member.",
				"类型 1 的通道依赖云上的负载均衡器，Lintel 没有此类资源。请创建类型 2 的通道，并将负载均衡器的地址作为成员。",
			}},
			{"APIG.3471", Text{
				"A channel of type 2 cannot become one of type 1, which leads to a load balancer of the cloud. Keep the type, or make another channel.",
				"类型 2 的通道不能改为依赖云上负载均衡器的类型 1。请保持类型不变，或新建通道。",
			}},
			{"APIG.3109", Text{
				"The project has as many VPC channels as it may have. Delete one, or ask an administrator to raise the limit.",
				"项目的 VPC 通道数量已达上限。请删除部分通道，或请管理员提高配额。",
			}},
			{"APIG.3110", Text{
				"The channel has as many members as it may have. Remove some, or ask an administrator to raise the limit.",
				"通道中的云服务器数量已达上限。请移除部分成员，或请管理员提高配额。",
			}},
		}},
	}
}
