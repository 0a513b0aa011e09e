//! Cities of the world: where things stand in a generated directory.

/// One city a line: common name, local name (empty when it is the same), country, state, latitude, longitude,
/// how much of a hub it is, three letters that names of sites use, pattern of postal codes (`#` a digit,
/// `@` a letter; empty where a country has none).
pub(super) const CITIES: &str = "\
Amsterdam||NL|Noord-Holland|52.370|4.895|95|AMS|10## @@
Rotterdam||NL|Zuid-Holland|51.922|4.479|14|RTM|30## @@
Eindhoven||NL|Noord-Brabant|51.441|5.478|8|EIN|56## @@
Groningen||NL|Groningen|53.219|6.567|5|GRQ|97## @@
The Hague|Den Haag|NL|Zuid-Holland|52.078|4.312|6|HAG|25## @@
Frankfurt|Frankfurt am Main|DE|HE|50.111|8.682|100|FRA|60###
Berlin||DE|BE|52.520|13.405|28|BER|10###
Munich|München|DE|BY|48.137|11.576|26|MUC|80###
Hamburg||DE|HH|53.551|9.994|22|HAM|20###
Düsseldorf||DE|NW|51.227|6.774|24|DUS|40###
Stuttgart||DE|BW|48.776|9.183|10|STR|70###
Nuremberg|Nürnberg|DE|BY|49.452|11.077|12|NUE|90###
Leipzig||DE|SN|51.340|12.374|7|LEJ|04###
Karlsruhe||DE|BW|49.007|8.404|5|KAE|76###
Cologne|Köln|DE|NW|50.938|6.960|9|CGN|50###
London||GB||51.507|-0.128|92|LON|EC# #@@
Manchester||GB||53.481|-2.242|24|MAN|M# #@@
Edinburgh||GB||55.953|-3.188|8|EDI|EH# #@@
Cardiff||GB||51.481|-3.179|4|CWL|CF# #@@
Slough||GB||51.511|-0.595|16|SLO|SL# #@@
Leeds||GB||53.801|-1.549|6|LBA|LS# #@@
Dublin||IE||53.349|-6.260|22|DUB|
Cork|Corcaigh|IE||51.899|-8.476|3|ORK|
Paris||FR|Île-de-France|48.857|2.352|62|PAR|750##
Marseille||FR|Provence-Alpes-Côte d'Azur|43.296|5.370|26|MRS|130##
Lyon||FR|Auvergne-Rhône-Alpes|45.764|4.836|16|LYS|690##
Toulouse||FR|Occitanie|43.605|1.444|6|TLS|310##
Lille||FR|Hauts-de-France|50.629|3.057|6|LIL|590##
Bordeaux||FR|Nouvelle-Aquitaine|44.838|-0.579|5|BOD|330##
Strasbourg||FR|Grand Est|48.573|7.752|5|SXB|670##
Brussels|Bruxelles|BE||50.850|4.352|16|BRU|10##
Antwerp|Antwerpen|BE||51.220|4.400|6|ANR|20##
Luxembourg|Lëtzebuerg|LU||49.611|6.130|8|LUX|L-1###
Zürich||CH|ZH|47.377|8.541|34|ZRH|80##
Geneva|Genève|CH|GE|46.204|6.143|13|GVA|12##
Basel||CH|BS|47.560|7.588|6|BSL|40##
Lugano||CH|TI|46.005|8.953|3|LUG|69##
Vienna|Wien|AT||48.208|16.373|32|VIE|1##0
Graz||AT||47.071|15.439|4|GRZ|80##
Linz||AT||48.306|14.286|3|LNZ|40##
Milan|Milano|IT|MI|45.464|9.190|38|MIL|201##
Rome|Roma|IT|RM|41.903|12.496|18|ROM|001##
Turin|Torino|IT|TO|45.070|7.687|5|TRN|101##
Palermo||IT|PA|38.116|13.361|6|PMO|901##
Padua|Padova|IT|PD|45.406|11.877|4|QPA|351##
Madrid||ES|Madrid|40.417|-3.704|34|MAD|280##
Barcelona||ES|Cataluña|41.385|2.173|16|BCN|080##
Valencia|València|ES|Comunitat Valenciana|39.470|-0.377|5|VLC|460##
Bilbao|Bilbo|ES|País Vasco|43.263|-2.935|3|BIO|480##
Málaga||ES|Andalucía|36.721|-4.421|3|AGP|290##
Lisbon|Lisboa|PT||38.722|-9.139|20|LIS|1###-0##
Porto||PT||41.158|-8.629|6|OPO|4###-0##
Stockholm||SE||59.329|18.069|38|STO|1## ##
Gothenburg|Göteborg|SE||57.709|11.975|9|GOT|4## ##
Malmö||SE||55.605|13.003|9|MMA|2## ##
Norrköping||SE||58.588|16.192|3|NRK|60# ##
Oslo||NO||59.914|10.752|18|OSL|0###
Bergen||NO||60.393|5.324|4|BGO|50##
Trondheim||NO||63.430|10.395|3|TRD|70##
Copenhagen|København|DK||55.676|12.568|22|CPH|2###
Aarhus||DK||56.157|10.211|4|AAR|80##
Helsinki|Helsingfors|FI||60.170|24.938|18|HEL|00###
Tampere|Tammerfors|FI||61.498|23.761|4|TMP|33###
Reykjavík||IS||64.147|-21.943|4|KEF|1##
Tallinn||EE||59.437|24.754|7|TLL|10###
Riga|Rīga|LV||56.949|24.105|7|RIX|LV-10##
Vilnius||LT||54.687|25.280|7|VNO|LT-01###
Kaunas||LT||54.899|23.904|3|KUN|LT-44###
Warsaw|Warszawa|PL||52.230|21.012|36|WAW|0#-###
Kraków||PL||50.065|19.945|10|KRK|31-###
Poznań||PL||52.406|16.925|8|POZ|61-###
Gdańsk||PL||54.352|18.647|6|GDN|80-###
Wrocław||PL||51.108|17.039|7|WRO|50-###
Łódź||PL||51.759|19.456|4|LCJ|90-###
Prague|Praha|CZ||50.076|14.438|26|PRG|1## 00
Brno||CZ||49.195|16.607|6|BRQ|6## 00
Ostrava||CZ||49.821|18.263|3|OSR|70# 00
Bratislava||SK||48.149|17.108|9|BTS|81# ##
Košice||SK||48.721|21.258|3|KSC|04# 01
Budapest||HU||47.498|19.040|18|BUD|1###
Debrecen||HU||47.532|21.627|2|DEB|40##
Bucharest|București|RO||44.427|26.103|22|BUH|0#####
Cluj-Napoca||RO||46.771|23.624|5|CLJ|400###
Timișoara||RO||45.749|21.209|4|TSR|300###
Chișinău||MD||47.011|28.864|4|KIV|MD-20##
Sofia|София|BG||42.698|23.322|22|SOF|1###
Varna|Варна|BG||43.214|27.915|3|VAR|90##
Plovdiv|Пловдив|BG||42.135|24.745|3|PDV|40##
Skopje|Скопје|MK||41.998|21.425|4|SKP|1###
Athens|Αθήνα|GR||37.984|23.728|14|ATH|1## ##
Thessaloniki|Θεσσαλονίκη|GR||40.640|22.944|5|SKG|54# ##
Heraklion|Ηράκλειο|GR||35.339|25.144|3|HER|71# ##
Nicosia|Λευκωσία|CY||35.185|33.382|4|NIC|1###
Limassol|Λεμεσός|CY||34.707|33.023|3|LCA|3###
Zagreb||HR||45.815|15.982|9|ZAG|100##
Split||HR||43.508|16.440|2|SPU|210##
Ljubljana||SI||46.057|14.506|7|LJU|10##
Belgrade|Beograd|RS||44.787|20.457|9|BEG|11###
Novi Sad||RS||45.267|19.834|3|QND|21###
Sarajevo||BA||43.856|18.413|3|SJJ|710##
Tirana|Tiranë|AL||41.328|19.819|4|TIA|10##
Valletta||MT||35.899|14.514|3|MLA|VLT 1###
Moscow|Москва|RU||55.756|37.617|44|MOW|1#####
Saint Petersburg|Санкт-Петербург|RU||59.931|30.361|18|LED|19####
Novosibirsk|Новосибирск|RU||55.030|82.920|8|OVB|6300##
Yekaterinburg|Екатеринбург|RU||56.838|60.605|7|SVX|6200##
Kazan|Казань|RU||55.796|49.106|4|KZN|4200##
Samara|Самара|RU||53.196|50.100|3|KUF|4430##
Vladivostok|Владивосток|RU||43.116|131.882|3|VVO|6900##
Kyiv|Київ|UA||50.450|30.523|22|KBP|01###
Lviv|Львів|UA||49.840|24.030|6|LWO|79###
Kharkiv|Харків|UA||49.994|36.230|5|HRK|61###
Odesa|Одеса|UA||46.482|30.723|5|ODS|65###
Dnipro|Дніпро|UA||48.464|35.046|4|DNK|49###
Minsk|Мінск|BY||53.904|27.562|4|MSQ|2200##
Almaty|Алматы|KZ||43.238|76.946|5|ALA|0500##
Tashkent|Toshkent|UZ||41.300|69.240|3|TAS|1000##
Tbilisi||GE||41.716|44.783|4|TBS|01##
Yerevan||AM||40.179|44.499|3|EVN|00##
Baku|Bakı|AZ||40.409|49.867|4|GYD|AZ10##
Istanbul|İstanbul|TR||41.008|28.978|16|IST|34###
Ankara||TR||39.933|32.860|4|ESB|06###
Izmir|İzmir|TR||38.424|27.143|3|IZM|35###
Tel Aviv|תל אביב|IL||32.085|34.782|8|TLV|6######
Haifa|חיפה|IL||32.794|34.990|3|HFA|3######
Jerusalem|ירושלים|IL||31.769|35.213|2|JRS|9######
Dubai|دبي|AE||25.205|55.271|20|DXB|
Abu Dhabi|أبوظبي|AE||24.454|54.377|5|AUH|
Fujairah|الفجيرة|AE||25.129|56.326|6|FJR|
Riyadh|الرياض|SA||24.714|46.675|8|RUH|11###
Jeddah|جدة|SA||21.543|39.173|7|JED|21###
Doha|الدوحة|QA||25.286|51.533|4|DOH|
Manama|المنامة|BH||26.228|50.586|4|BAH|3##
Muscat|مسقط|OM||23.588|58.383|5|MCT|1##
Kuwait City|مدينة الكويت|KW||29.376|47.977|3|KWI|13###
Amman|عمّان|JO||31.954|35.911|4|AMM|11###
Beirut|بيروت|LB||33.894|35.502|3|BEY|11## ####
Baghdad|بغداد|IQ||33.315|44.366|4|BGW|10###
Erbil|أربيل|IQ||36.191|44.009|3|EBL|44###
Cairo|القاهرة|EG||30.044|31.236|7|CAI|115##
Alexandria|الإسكندرية|EG||31.200|29.919|2|ALY|215##
Casablanca|الدار البيضاء|MA||33.573|-7.590|4|CMN|20###
Tunis|تونس|TN||36.806|10.182|3|TUN|10##
Algiers|الجزائر|DZ||36.754|3.059|3|ALG|16###
Johannesburg||ZA|Gauteng|-26.204|28.047|30|JNB|
Cape Town|Kaapstad|ZA|Western Cape|-33.925|18.424|16|CPT|
Durban|eThekwini|ZA|KwaZulu-Natal|-29.859|31.022|8|DUR|
Lagos|Èkó|NG|Lagos|6.524|3.379|16|LOS|10####
Abuja||NG|FCT|9.077|7.399|4|ABV|90####
Port Harcourt||NG|Rivers|4.816|7.050|2|PHC|50####
Nairobi||KE||-1.292|36.822|13|NBO|
Mombasa||KE||-4.044|39.668|6|MBA|
Accra||GH||5.604|-0.187|6|ACC|
Dar es Salaam||TZ||-6.792|39.208|5|DAR|
Kampala||UG||0.348|32.583|5|KLA|
Kigali||RW||-1.944|30.062|4|KGL|
Lusaka||ZM||-15.387|28.323|4|LUN|10###
Harare||ZW||-17.825|31.034|3|HRE|
Lilongwe||MW||-13.963|33.774|2|LLW|
Addis Ababa||ET||9.030|38.740|2|ADD|1###
Kinshasa||CD||-4.442|15.266|5|FIH|
Abidjan||CI||5.360|-4.008|4|ABJ|
Dakar||SN||14.717|-17.468|3|DKR|12###
Douala||CM||4.051|9.768|3|DLA|
Ouagadougou||BF||12.371|-1.520|2|OUA|
Antananarivo||MG||-18.879|47.508|2|TNR|101
Port Louis||MU||-20.161|57.499|3|PLU|
Maputo||MZ||-25.966|32.573|3|MPM|11##
Luanda||AO||-8.839|13.289|5|LAD|
Gaborone||BW||-24.628|25.923|2|GBE|
Mumbai|मुंबई|IN|MH|19.076|72.878|34|BOM|4000##
Delhi|दिल्ली|IN|DL|28.614|77.209|22|DEL|1100##
Chennai||IN|TN|13.083|80.270|20|MAA|6000##
Kolkata||IN|WB|22.573|88.364|8|CCU|7000##
Bengaluru||IN|KA|12.972|77.594|9|BLR|5600##
Hyderabad||IN|TS|17.385|78.487|8|HYD|5000##
Ahmedabad||IN|GJ|23.023|72.571|4|AMD|3800##
Pune|पुणे|IN|MH|18.520|73.857|5|PNQ|4110##
Lucknow|लखनऊ|IN|UP|26.847|80.946|2|LKO|2260##
Kathmandu|काठमाडौं|NP||27.717|85.324|6|KTM|44###
Dhaka||BD||23.810|90.413|12|DAC|12##
Chattogram||BD||22.357|91.783|5|CGP|4###
Karachi||PK||24.861|67.001|7|KHI|75###
Lahore||PK||31.549|74.344|5|LHE|54###
Islamabad||PK||33.684|73.048|4|ISB|44###
Colombo||LK||6.927|79.861|4|CMB|00###
Bangkok|กรุงเทพฯ|TH||13.756|100.502|18|BKK|10###
Chiang Mai|เชียงใหม่|TH||18.788|98.985|3|CNX|50###
Phuket|ภูเก็ต|TH||7.880|98.392|2|HKT|83###
Hanoi|Hà Nội|VN||21.029|105.854|7|HAN|10####
Ho Chi Minh City|Thành phố Hồ Chí Minh|VN||10.823|106.630|9|SGN|70####
Da Nang|Đà Nẵng|VN||16.054|108.202|3|DAD|55####
Phnom Penh||KH||11.556|104.928|4|PNH|12###
Yangon||MM||16.841|96.173|4|RGN|11###
Singapore||SG||1.352|103.820|70|SIN|######
Kuala Lumpur||MY||3.139|101.687|14|KUL|5####
Johor Bahru||MY|Johor|1.493|103.741|10|JHB|80###
Penang|Pulau Pinang|MY|Penang|5.415|100.330|3|PEN|10###
Jakarta||ID|DKI Jakarta|-6.208|106.846|36|JKT|1####
Surabaya||ID|Jawa Timur|-7.257|112.752|8|SUB|60###
Bandung||ID|Jawa Barat|-6.917|107.619|5|BDO|40###
Batam||ID|Kepulauan Riau|1.130|104.053|7|BTH|294##
Yogyakarta||ID|DI Yogyakarta|-7.795|110.370|4|JOG|55###
Medan||ID|Sumatera Utara|3.595|98.672|4|KNO|20###
Makassar||ID|Sulawesi Selatan|-5.148|119.432|3|UPG|90###
Denpasar||ID|Bali|-8.650|115.217|4|DPS|80###
Manila|Maynila|PH||14.600|120.984|12|MNL|1###
Cebu City|Sugbo|PH||10.316|123.886|4|CEB|6000
Hong Kong|香港|HK||22.319|114.169|56|HKG|
Taipei|台北|TW||25.033|121.565|12|TPE|1##
Kaohsiung|高雄|TW||22.627|120.301|3|KHH|8##
Beijing|北京|CN||39.904|116.407|12|PEK|1000##
Shanghai|上海|CN||31.230|121.474|13|SHA|2000##
Guangzhou|广州|CN|Guangdong|23.129|113.264|8|CAN|5100##
Shenzhen|深圳|CN|Guangdong|22.543|114.058|6|SZX|5180##
Chengdu|成都|CN|Sichuan|30.573|104.066|3|CTU|6100##
Tokyo|東京|JP||35.690|139.692|58|TYO|1##-00##
Osaka|大阪|JP||34.694|135.502|26|OSA|5##-00##
Nagoya|名古屋|JP||35.181|136.906|4|NGO|4##-00##
Fukuoka|福岡|JP||33.590|130.402|4|FUK|8##-00##
Sapporo|札幌|JP||43.062|141.354|3|CTS|06#-00##
Seoul|서울|KR||37.567|126.978|20|SEL|0####
Busan|부산|KR||35.180|129.076|6|PUS|4####
Ulaanbaatar||MN||47.886|106.906|2|ULN|14###
Sydney||AU|NSW|-33.869|151.209|42|SYD|2###
Melbourne||AU|VIC|-37.814|144.963|26|MEL|3###
Brisbane||AU|QLD|-27.470|153.025|16|BNE|4###
Perth||AU|WA|-31.951|115.861|14|PER|6###
Adelaide||AU|SA|-34.929|138.601|9|ADL|5###
Canberra||AU|ACT|-35.281|149.130|4|CBR|26##
Hobart||AU|TAS|-42.882|147.327|2|HBA|70##
Auckland|Tāmaki Makaurau|NZ||-36.849|174.763|14|AKL|10##
Wellington|Te Whanganui-a-Tara|NZ||-41.287|174.776|6|WLG|60##
Christchurch|Ōtautahi|NZ||-43.532|172.637|5|CHC|80##
Suva||FJ||-18.125|178.450|2|SUV|
Ashburn||US|VA|39.044|-77.488|80|IAD|2014#
New York||US|NY|40.713|-74.006|66|NYC|100##
Newark||US|NJ|40.736|-74.172|14|EWR|071##
Boston||US|MA|42.360|-71.058|14|BOS|021##
Philadelphia||US|PA|39.953|-75.164|10|PHL|191##
Atlanta||US|GA|33.749|-84.388|34|ATL|303##
Miami||US|FL|25.762|-80.192|44|MIA|331##
Tampa||US|FL|27.951|-82.457|6|TPA|336##
Charlotte||US|NC|35.227|-80.843|6|CLT|282##
Chicago||US|IL|41.878|-87.630|56|CHI|606##
Detroit||US|MI|42.331|-83.046|8|DTW|482##
Cleveland||US|OH|41.499|-81.695|5|CLE|441##
Minneapolis||US|MN|44.978|-93.265|9|MSP|554##
Kansas City||US|MO|39.100|-94.579|7|MCI|641##
St. Louis||US|MO|38.627|-90.199|5|STL|631##
Nashville||US|TN|36.163|-86.782|4|BNA|372##
Dallas||US|TX|32.777|-96.797|58|DFW|752##
Houston||US|TX|29.760|-95.370|13|IAH|770##
San Antonio||US|TX|29.424|-98.494|4|SAT|782##
McAllen||US|TX|26.203|-98.230|5|MFE|785##
Denver||US|CO|39.739|-104.990|20|DEN|802##
Salt Lake City||US|UT|40.761|-111.891|9|SLC|841##
Phoenix||US|AZ|33.448|-112.074|17|PHX|850##
Las Vegas||US|NV|36.170|-115.140|10|LAS|891##
Los Angeles||US|CA|34.052|-118.244|58|LAX|900##
San Jose||US|CA|37.338|-121.886|44|SJC|951##
San Francisco||US|CA|37.775|-122.419|16|SFO|941##
Sacramento||US|CA|38.582|-121.494|6|SMF|958##
Portland||US|OR|45.515|-122.678|12|PDX|972##
Hillsboro||US|OR|45.523|-122.990|10|HIO|971##
Seattle||US|WA|47.606|-122.332|40|SEA|981##
Honolulu||US|HI|21.307|-157.858|4|HNL|968##
Anchorage||US|AK|61.218|-149.900|2|ANC|995##
San Juan||PR||18.466|-66.106|3|SJU|009##
Toronto||CA|ON|43.653|-79.383|36|YYZ|M#@ #@#
Montréal||CA|QC|45.502|-73.567|20|YUL|H#@ #@#
Québec||CA|QC|46.814|-71.208|3|YQB|G#@ #@#
Vancouver||CA|BC|49.283|-123.121|18|YVR|V#@ #@#
Calgary||CA|AB|51.045|-114.072|8|YYC|T#@ #@#
Winnipeg||CA|MB|49.895|-97.138|5|YWG|R#@ #@#
Halifax||CA|NS|44.649|-63.575|3|YHZ|B#@ #@#
Mexico City|Ciudad de México|MX|CDMX|19.433|-99.133|12|MEX|0####
Querétaro||MX|QRO|20.588|-100.390|12|QRO|76###
Monterrey||MX|NL|25.687|-100.316|6|MTY|64###
Guatemala City|Ciudad de Guatemala|GT||14.635|-90.507|4|GUA|010##
Tegucigalpa||HN||14.072|-87.192|3|TGU|11101
San José||CR||9.928|-84.091|5|SJO|10###
Panama City|Ciudad de Panamá|PA||8.983|-79.520|6|PTY|
Santo Domingo||DO||18.486|-69.931|4|SDQ|10###
Kingston||JM||17.971|-76.793|2|KIN|
Port of Spain||TT||10.655|-61.502|2|POS|
Bogotá||CO|Cundinamarca|4.711|-74.072|14|BOG|11####
Medellín||CO|Antioquia|6.244|-75.581|5|MDE|05####
Cali||CO|Valle del Cauca|3.452|-76.532|3|CLO|76####
Caracas||VE||10.481|-66.904|4|CCS|10##
Quito||EC|Pichincha|-0.181|-78.468|5|UIO|17####
Guayaquil||EC|Guayas|-2.171|-79.922|4|GYE|09####
Lima||PE||-12.046|-77.043|7|LIM|15###
La Paz||BO||-16.490|-68.119|3|LPB|0201
Santiago||CL|RM|-33.449|-70.669|18|SCL|83#####
Concepción||CL|Biobío|-36.827|-73.050|2|CCP|40#####
Buenos Aires||AR|CABA|-34.604|-58.382|24|BUE|C10##@@@
Córdoba||AR|Córdoba|-31.420|-64.189|6|COR|X50##@@@
Rosario||AR|Santa Fe|-32.944|-60.651|4|ROS|S20##@@@
Mendoza||AR|Mendoza|-32.889|-68.846|3|MDZ|M55##@@@
Montevideo||UY||-34.901|-56.164|5|MVD|11#00
Asunción||PY||-25.264|-57.576|4|ASU|00####
São Paulo||BR|SP|-23.551|-46.633|84|GRU|01###-0##
Rio de Janeiro||BR|RJ|-22.907|-43.173|32|RIO|20###-0##
Fortaleza||BR|CE|-3.732|-38.527|34|FOR|60###-0##
Belo Horizonte||BR|MG|-19.917|-43.934|14|CNF|30###-0##
Brasília||BR|DF|-15.794|-47.883|14|BSB|70###-0##
Curitiba||BR|PR|-25.429|-49.271|18|CWB|80###-0##
Porto Alegre||BR|RS|-30.035|-51.217|18|POA|90###-0##
Salvador||BR|BA|-12.972|-38.502|10|SSA|40###-0##
Recife||BR|PE|-8.048|-34.877|10|REC|50###-0##
Campinas||BR|SP|-22.909|-47.063|9|CPQ|13###-0##
Goiânia||BR|GO|-16.687|-49.265|7|GYN|74###-0##
Florianópolis||BR|SC|-27.595|-48.548|7|FLN|88###-0##
Manaus||BR|AM|-3.119|-60.022|5|MAO|69###-0##
Belém||BR|PA|-1.456|-48.490|5|BEL|66###-0##
Maringá||BR|PR|-23.421|-51.933|4|MGF|87###-0##
Londrina||BR|PR|-23.305|-51.170|4|LDB|86###-0##
Natal||BR|RN|-5.795|-35.209|4|NAT|59###-0##
";
