package catalog

// Absences are the codes that no operation answers.
func Absences() []Absence {
	return []Absence{
		{
			Text{"Gateways to buy", "购买网关实例"},
			Text{
				"Lintel is the gateway: there are none to buy, enlarge, put into zones or connect to the Internet. Set ports, addresses and certificates in the installation's settings; a client that manages gateways has nothing to manage here.",
				"Lintel 本身就是网关，没有可购买、扩容、选择可用区或绑定公网出口的实例。端口、地址与证书在安装配置中设置；管理实例的客户端在此没有可管理的对象。",
			},
			[]string{
				"APIC.7230", "APIC.7235", "APIC.7238", "APIC.7239", "APIC.7242", "APIC.7243", "APIC.7244", "APIC.7312", "APIC.7313",
				"APIC.7500", "APIC.7503", "APIC.7505", "APIC.9206", "APIC.9208", "APIC.9210", "APIC.9211", "APIC.9215", "APIC.9216",
				"APIC.7130", "APIG.1136", "APIC.7400", "APIC.7301", "APIC.7302", "APIC.7307", "APIC.7310", "APIC.7311", "APIC.7314",
				"APIC.7707", "APIG.3458", "APIC.9005", "APIC.9007", "APIC.9200", "APIC.9204",
			},
		},
		{
			Text{"Features of a gateway that can be switched", "网关实例的特性开关"},
			Text{
				"Features are switched in the settings of the installation, not through the API.",
				"特性在安装配置中开关，不通过接口设置。",
			},
			[]string{"APIG.1140", "APIG.3087"},
		},
		{
			Text{"Enterprise projects", "企业项目"},
			Text{
				"Projects here have no enterprise projects above them. Leave the parameter out.",
				"项目之上没有企业项目。请不要填写该参数。",
			},
			[]string{"APIC.7241", "APIC.7134", "APIC.9209"},
		},
		{
			Text{"Money, real names and filings", "费用、实名认证与备案"},
			Text{
				"Nobody pays Lintel, proves a name to it or files a domain with it, so no account is in arrears, frozen or restricted for that. A disabled user or project gets APIG.1002.",
				"Lintel 不收费、不做实名认证、不要求域名备案，因此不存在欠费、冻结或受限的账号。被停用的用户或项目返回 APIG.1002。",
			},
			[]string{
				"APIG.1005", "APIG.1011", "APIG.1012", "APIG.1013", "APIC.7109", "APIG.2034", "APIG.2035",
			},
		},
		{
			Text{"Tokens that lack something", "内容不完整的 Token"},
			Text{
				"Every token that Lintel issues has a user, a domain and roles, and one that was changed is wrong as a whole: APIG.1002. A token without a project gets APIG.1003.",
				"Lintel 签发的 Token 都包含用户、账号和角色信息，被改动的 Token 整体无效，返回 APIG.1002；没有项目的 Token 返回 APIG.1003。",
			},
			[]string{"APIG.1007", "APIG.1008", "APIG.1009"},
		},
		{
			Text{"The same refusals with the other prefix", "另一前缀的同义错误码"},
			Text{
				"The original's management of gateways says with APIC what its management of APIs says with APIG. Here it is always APIG.1000 to APIG.1003.",
				"原服务的实例管理接口用 APIC 前缀表示与 APIG 相同的拒绝。Lintel 一律返回 APIG.1000 至 APIG.1003。",
			},
			[]string{"APIC.7100", "APIC.7101", "APIC.7102", "APIC.7103", "APIC.7105", "APIC.7107"},
		},
		{
			Text{"Forms that no parameter has", "没有参数使用的格式"},
			Text{
				"No parameter is a telephone number, a postal code, an e-mail address or text of letters or digits alone. Where the reference has several codes for one fault (2007, 2012 and 2013 beside 2005, 2006 and 2011), the one that most parameters share is answered.",
				"没有参数是电话号码、邮政编码、邮箱地址，或仅限字母、数字的文本。参考文档中含义相同的错误码（2007、2012、2013 与 2005、2006、2011），返回多数参数共用的一个。",
			},
			[]string{
				"APIG.2007", "APIG.2008", "APIG.2009", "APIG.2010", "APIG.2012", "APIG.2013", "APIG.2014",
				"APIG.2017", "APIG.2018", "APIG.2019", "APIG.2020",
			},
		},
		{
			Text{"Twins of other codes", "与其他错误码同义"},
			Text{
				"The reference has a general and an exact code for these. The exact one is answered: APIG.1108, 3013 and 3308 for excluded configurations, APIG.3021 for certificates, APIG.1101 for what belongs to a group, APIG.1201 for APIs of several projects, APIG.3019 for URNs.",
				"参考文档对这些情况有笼统和精确两个错误码，Lintel 返回精确的一个：特殊配置对应 APIG.1108、3013、3308，证书对应 APIG.3021，分组下的资源对应 APIG.1101，多项目 API 对应 APIG.1201，函数 URN 对应 APIG.3019。",
			},
			[]string{
				"APIG.3008", "APIG.3302", "APIG.3025", "APIG.1115", "APIG.1116", "APIG.3411", "APIG.9002",
			},
		},
		{
			Text{"What is allowed here", "Lintel 允许的操作"},
			Text{
				"These are no refusals: authorizing an app again is answered SKIPPED, a domain is bound before its CNAME record is there and shows the state of it, a new certificate takes the place of the old one, and the addresses that backends may not have are refused when they are called (APIG.0404).",
				"以下情况不会被拒绝：重复授权返回 SKIPPED；域名可以在 CNAME 记录生效前绑定，并显示其状态；新证书会替换旧证书；被禁止的后端地址在调用时拒绝（APIG.0404）。",
			},
			[]string{"APIG.3316", "APIG.2023", "APIG.2029", "APIG.2021", "APIG.2022"},
		},
		{
			Text{"Stored documents and the designer", "保存的文档与 API 设计器"},
			Text{
				"Imported documents become APIs and are not kept, and there is no designer that owns APIs. Export the group to get a document.",
				"导入的文档转换为 API 后不保存，也没有 API 设计器。需要文档时请导出分组。",
			},
			[]string{"APIG.1200", "APIG.3090", "APIG.3132", "APIG.3608"},
		},
		{
			Text{"Load balancers of a cloud", "云上的负载均衡器"},
			Text{
				"There are none, so none can be in use. A balancer's address can be the member of a channel of type 2.",
				"Lintel 没有云上的负载均衡器，因此不会被占用。可以把负载均衡器的地址作为类型 2 通道的成员。",
			},
			[]string{"APIG.3472", "APIG.3473", "APIG.9007"},
		},
		{
			Text{"Services behind the original", "原服务依赖的其他服务"},
			Text{
				"The original asks other services over the network for identities, decisions, statistics, addresses and configuration. All of this is one process here: a fault in it is APIG.9999, a database that is away APIC.9100. Names that cannot be resolved are a state of a domain, no fault.",
				"原服务通过网络访问其他服务获取身份、鉴权、统计、地址与配置。在 Lintel 中这些都在一个进程内：故障返回 APIG.9999，数据库不可用返回 APIC.9100；域名无法解析是域名的状态而不是错误。",
			},
			[]string{
				"APIG.1010", "APIC.9000", "APIC.9999", "APIG.3500", "APIG.9003", "APIG.9004", "APIG.9005", "APIG.9006",
			},
		},
	}
}
