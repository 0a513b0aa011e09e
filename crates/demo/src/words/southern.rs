//! Words of Spanish and Portuguese, of central and south-eastern Europe in Latin letters, of Turkish, of Africa.

use super::Source;

pub(super) const SPANISH: Source = Source {
    code: "es",
    heads: "Sierra Monte Río Valle Cóndor Jaguar Quetzal Colibrí Estrella Luna Pampa Ceiba Cedro Laguna Costa Cumbre \
            Brisa Loma Roble Fuente Garza Halcón Alondra Nogal Encina Faro Coral Arroyo Cielo Palma Tierra Puma \
            Llano Mirador Peña Solar Trueno Viento",
    tails: "azul verde del_Sur del_Norte real grande austral oriente poniente boreal central feliz fuerte libre \
            de_Oro de_Plata del_Valle del_Mar de_Luz del_Este",
    trades: "{} Telecomunicaciones; {} Redes; {} Fibra; {} Internet; Cable {}; {} Conexiones; {} Banda Ancha; \
             {} Comunicaciones; Cooperativa Eléctrica {}; {} Wireless; {} Enlaces; Red {}; {} Net",
    content: "{} Hosting; {} Nube; {} Medios; {} Datos; {} Servicios Digitales; {} Contenidos",
    public: "Universidad de {}; Municipalidad de {}; Banco {}; Instituto {}; Hospital {}; Gobierno de {}; Caja {}",
    legal: "{} S.A.; {} S.L.; {} S.R.L.; {} SpA; {} S.A. de C.V.; {} S.A.S.; Grupo {}; {} E.I.R.L.",
    halls: "{} Centro de Datos; {} Data Center {c}; {} Telepuerto; {} Campus {c}; {} Nodo",
    exchanges: "{}-IX {c}; Punto de Intercambio {} {c}; {} NAP {c}; {} Exchange {c}; IXP {} {c}",
    streets: "Calle del Molino {n}; Avenida de la Estación {n}; Camino Real {n}; Paseo de los Álamos {n}; \
              Avenida Libertad {n}; Calle Mayor {n}; Ruta 9 km {n}; Boulevard del Puerto {n}",
    given: "Álvaro Beatriz Camila Diego Elena Fabián Graciela Héctor Inés Joaquín Lucía Martín Noelia Óscar Paula \
            Ramón Sofía Tomás Ximena Yolanda",
    family: "Aguirre Benítez Cárdenas Domínguez Echeverría Fuentes Galíndez Huertas Ibarra Jiménez Lozano Méndez \
             Núñez Olivares Peñaloza Quiroga Rivas Saldívar Téllez Zúñiga",
    remarks: "Política de peering abierta en todos los puntos de intercambio. | Para reportar fallas llamar al NOC, \
              disponible las 24 horas. | Mantenimientos programados: domingos de madrugada.",
    gap: " ",
    native_gap: "",
    family_first: false,
};

pub(super) const PORTUGUESE: Source = Source {
    code: "pt",
    heads: "Serra Rio Vale Sol Lua Mata Onda Garça Ipê Jacarandá Araucária Sabiá Tucano Arara Pinhal Lagoa Praia \
            Pedra Vento Estrela Cerrado Sertão Campo Monte Ponte Porto Barra Canoa Jatobá Jequitibá Boto Capivara \
            Coral Duna Farol Graúna Horizonte Igarapé Juriti Lobo Mangue Nuvem Oásis Palmeira Quati Recanto Safira \
            Tamanduá Uirapuru Veredas Aroeira Buriti",
    tails: "azul verde grande do_Sul do_Norte da_Serra do_Vale forte do_Oeste do_Mar real das_Flores dos_Pinhais \
            da_Mata do_Leste feliz livre central de_Ouro de_Prata da_Luz do_Sol cristal celeste",
    trades: "{} Telecom; {} Internet; {} Fibra; {} Net; {} Provedor de Internet; {} Conexões; {} Telecomunicações; \
             {} Banda Larga; {} Wi-Fi; {} Link; {} Online; {} Redes; {} Digital; {} Conecta; {} Infovia; \
             {} Soluções em Internet",
    content: "{} Hospedagem; {} Nuvem; {} Mídia; {} Dados; {} Tecnologia; {} Conteúdo",
    public: "Universidade de {}; Prefeitura de {}; Banco {}; Tribunal de {}; Instituto {}; Cooperativa {}; \
             Hospital {}",
    legal: "{} Ltda; {} Ltda ME; {} S.A.; {} EIRELI; {} EPP; {} Serviços de Comunicação Ltda; {} Lda",
    halls: "{} Centro de Dados; {} Data Center {c}; {} Datacenter; {} Campus {c}; {} PIX",
    exchanges: "{}-IX {c}; PTT {} {c}; {} Ponto de Troca {c}; IX {} {c}",
    streets: "Rua do Moinho {n}; Avenida das Palmeiras {n}; Rua XV de Agosto {n}; Travessa da Estação {n}; \
              Alameda dos Ipês {n}; Rodovia do Sol km {n}; Praça da Matriz {n}; Rua Sete Lagoas {n}",
    given: "Adriana Bruno Cecília Davi Eduarda Flávio Gabriela Heitor Isadora João Karina Luís Mônica Natália Otávio \
            Patrícia Raíssa Sérgio Thiago Vanessa",
    family: "Abrantes Barcelos Camargo Drummond Esteves Figueira Guimarães Holanda Itaparica Junqueira Lacerda \
             Magalhães Noronha Otoni Pinheiral Queirós Rezende Sampaio Tavares Vilhena",
    remarks: "Peering aberto em todas as localidades do PTT. | Atendimento do NOC 24x7, inclusive feriados. | \
              Solicite sua sessão bilateral por e-mail informando o ASN.",
    gap: " ",
    native_gap: "",
    family_first: false,
};

pub(super) const POLISH: Source = Source {
    code: "pl",
    heads: "Jasno Bialo Czarno Zielono Srebrno Jodło Dębo Brzozo Sosno Jelenio Orlo Żuravio Kruko Wilko Święto Nowo \
            Staro Bystro Mokro Leszczyno Wrzoso Bobro Sokoło Lipo",
    tails: "góra brzeg pole las wola woda stok most bród gród dół sad łąka młyn dwór wieża kamień",
    trades: "{} Net; {} Światłowód; {} Internet; Sieci {}; {} Telekomunikacja; {} Sieć; {} Media; {} Kabel; \
             {} Łącza; {} Systemy",
    content: "{} Hosting; {} Chmura; {} Dane; {} Usługi; {} Gry",
    public: "Uniwersytet {}; Politechnika {}; Urząd Miasta {}; Bank Spółdzielczy {}; Szpital {}; Instytut {}",
    legal: "{} Sp. z o.o.; {} S.A.; {} s.c.; {} Sp. k.; Fundacja {}; F.H.U. {}",
    halls: "{} Centrum Danych; {} Data Center {c}; {} Serwerownia; {} Kolokacja {c}",
    exchanges: "{}-IX {c}; {} Węzeł Wymiany {c}; {} Punkt Styku {c}; {}PIX {c}",
    streets: "ul. Młyńska {n}; ul. Piotrkowska {n}; al. Jerozolimskie {n}; ul. Dworcowa {n}; ul. Fabryczna {n}; \
              ul. Świętojańska {n}; pl. Kościuszki {n}",
    given: "Agnieszka Bartosz Celina Dariusz Elżbieta Filip Grażyna Hubert Izabela Jędrzej Kinga Leszek Małgorzata \
            Norbert Ola Przemysław Róża Świętosława",
    family: "Adamczewski Borkowska Cieślik Dąbrowska Fijałkowski Górecki Hołownia Jabłońska Kłos Łuczak Mączka \
             Niedźwiedź Ogrodnik Pająk Rzepka Śliwa Trzciński Żurek",
    remarks: "Zapraszamy do wymiany ruchu we wszystkich węzłach. | Zgłoszenia awarii przyjmuje dyżurny przez całą dobę.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const CZECH: Source = Source {
    code: "cs",
    heads: "Bílo Černo Zeleno Stříbro Jaso Dubo Březo Lipo Sokolo Orlo Havrano Hvězdo Slunce Vysoko Novo Skalo Jedlo \
            Rybo Zlato Kamen Bystro Vrano Mlyno Olšo",
    tails: "hora pole most brod les voda potok kámen hrad dvůr louka studna háj skála vrch",
    trades: "{} Net; {} Síť; {} Internet; {} Optika; {} Telekomunikace; {} Spoje; {} Kabel; {} Wifi; {} Sieť",
    content: "{} Hosting; {} Cloud; {} Data; {} Média; {} Servery",
    public: "Univerzita {}; Město {}; Nemocnice {}; Spořitelna {}; Ústav {}; Kraj {}",
    legal: "{} s.r.o.; {} a.s.; {} z.s.; {} spol. s r.o.; {} z.ú.",
    halls: "{} Datové centrum; {} Datacentrum {c}; {} Serverovna; {} Housing {c}",
    exchanges: "{}-IX {c}; {} Peeringové centrum {c}; {} Propojovací uzel {c}",
    streets: "Mlýnská {n}; Nádražní {n}; Průmyslová {n}; Na Příkopě {n}; Školní {n}; Vinohradská {n}; Tovární {n}",
    given: "Alena Bořek Čeněk Dana Eliška František Hana Ivo Jiří Květa Luboš Markéta Ondřej Pavla Radek Šárka \
            Tomáš Žofie",
    family: "Bartoš Čermák Dvořáček Fiala Hájek Jelínková Kadlec Látal Marešová Novotný Ondráček Pospíšil Říha \
             Sýkora Šimek Trávníček Vlček Žák",
    remarks: "Peering navazujeme se všemi členy uzlu. | Hlášení poruch nepřetržitě na lince NOC.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const HUNGARIAN: Source = Source {
    code: "hu",
    heads: "Hold Nap Csillag Szél Erdő Folyó Kő Ezüst Arany Réz Tölgy Nyír Fenyő Sólyom Sas Holló Gólya Róka Őz Zöld \
            Fehér Tisza Duna Hajnal",
    tails: "fény part hegy völgy mező forrás kert híd torony vár sziget rét köz liget tó",
    trades: "{} Net; {} Távközlés; {} Kábel; {} Optika; {} Internet; {} Hálózat; {} Szélessáv; {} Telekom",
    content: "{} Tárhely; {} Felhő; {} Adat; {} Média; {} Szerver",
    public: "{} Egyetem; {} Önkormányzat; {} Kórház; {} Takarék; {} Intézet",
    legal: "{} Kft.; {} Zrt.; {} Nyrt.; {} Bt.; {} Egyesület",
    halls: "{} Adatközpont; {} Szerverpark; {} Data Center {c}; {} Gépterem",
    exchanges: "{}-IX {c}; {} Adatcserélő {c}; {} Csomópont {c}",
    streets: "Malom utca {n}; Kossuth Lajos utca {n}; Váci út {n}; Állomás tér {n}; Gyár utca {n}; Fő út {n}",
    given: "Ágnes Bence Csilla Dénes Emőke Ferenc Gergő Hajnalka Ildikó Jenő Katalin László Márta Nándor Örs Piroska \
            Réka Zoltán",
    family: "Antalfi Bárány Csonka Dobos Erdélyi Földvári Gombos Hajdú Juhász Kerekes Lévai Mészáros Nyárádi Ördög \
             Pintér Rózsavölgyi Szűcs Tóthfalusi",
    remarks: "Nyitott peering politika. | Hibabejelentés éjjel-nappal a NOC telefonszámán.",
    gap: "",
    native_gap: "",
    family_first: true,
};

pub(super) const ROMANIAN: Source = Source {
    code: "ro",
    heads: "Stejar Brad Fag Luna Steaua Soare Vânt Râu Munte Vale Piatra Argint Aur Vultur Șoim Cerb Lup Mesteacăn \
            Izvor Poiana Zorile Codru Cascada Dunărea",
    tails: "Verde Mare Rece Tare Dulce de_Nord de_Sud de_Aur de_Argint al_Zorilor din_Deal din_Vale",
    trades: "{} Telecom; {} Net; {} Rețele; {} Fibră; {} Internet; {} Comunicații; {} Cablu; {} Conect",
    content: "{} Găzduire; {} Cloud; {} Date; {} Media; {} Servere",
    public: "Universitatea {}; Primăria {}; Spitalul {}; Banca {}; Institutul {}",
    legal: "{} SRL; SC {} SRL; {} SA; Asociația {}; {} PFA",
    halls: "{} Centru de Date; {} Data Center {c}; {} Sala Server; {} Colocare {c}",
    exchanges: "{}-IX {c}; {} Interconectare {c}; {} Nod de Schimb {c}",
    streets: "Strada Morii {n}; Calea Victoriei {n}; Bulevardul Unirii {n}; Strada Gării {n}; Șoseaua Nordului {n}; \
              Strada Fabricii {n}",
    given: "Andreea Bogdan Cătălin Doina Emil Florentina George Horia Ileana Jana Laurențiu Mădălina Nicu Otilia \
            Răzvan Ștefan Tudor Viorica",
    family: "Albu Bălan Codreanu Dumbravă Ene Fântânaru Grigorescu Hațegan Ionașcu Lăzăroiu Munteanu Negruzzi Oprișan \
             Păduraru Rotaru Săndulescu Țăranu Văcaru",
    remarks: "Peering deschis cu orice rețea prezentă. | NOC disponibil permanent.",
    gap: " ",
    native_gap: "",
    family_first: false,
};

pub(super) const SLAVIC: Source = Source {
    code: "slav",
    heads: "Bijelo Crno Zeleno Srebro Zvijezdo Jasno Hrasto Brezo Boro Sokolo Orlo Gavrano Novo Staro Kameno Zlato \
            Plavo Vuko Lipo Vrano Mjeseč Jezero Studeno Brzo",
    tails: "grad polje gora breg most vrelo luka dol vrh jezero otok gaj slap dvor brod",
    trades: "{} Telekom; {} Mreže; {} Net; {} Internet; {} Optika; {} Komunikacije; {} Kabel; {} Veze; {} Omrežje",
    content: "{} Hosting; {} Oblak; {} Podaci; {} Mediji; {} Strežniki",
    public: "Univerzitet {}; Sveučilište {}; Opština {}; Bolnica {}; Banka {}; Institut {}",
    legal: "{} d.o.o.; {} d.d.; {} a.d.; Udruga {}; {} sh.p.k.",
    halls: "{} Podatkovni centar; {} Data centar {c}; {} Server sala; {} Računski center",
    exchanges: "{}-IX {c}; {} Razmjena {c}; {} Čvorište {c}",
    streets: "Mlinska {n}; Obala {n}; Kolodvorska {n}; Bulevar mira {n}; Tvornička {n}; Dunajska cesta {n}; Školska {n}",
    given: "Ana Branko Čedomir Dragana Đorđe Emina Goran Ivana Jasmina Krešimir Ljiljana Marko Nikolina Ognjen \
            Petra Rok Siniša Željka",
    family: "Babić Čolaković Dragojević Đurić Filipović Golob Hadžić Ivančić Jovanović Kovačević Lončar Mlinarič \
             Novosel Perković Radić Šarić Vuković Žganjar",
    remarks: "Otvorena politika razmjene prometa. | Kvarove prijavite telefonom, dežurstvo stalno.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const TURKISH: Source = Source {
    code: "tr",
    heads: "Ay Gün Yıldız Deniz Gök Kara Ak Gümüş Altın Bakır Çınar Meşe Şahin Kartal Turna Kurt Dağ Irmak Yeşil Kuzey \
            Güney Bahar Rüzgâr Söğüt",
    tails: "tepe dere köprü pınar kaya ova yurt kent bağ su yol kule orman göl işık",
    trades: "{} İletişim; {} Net; {} Telekom; {} Fiber; {} İnternet; {} Haberleşme; {} Kablo; {} Ağ Hizmetleri",
    content: "{} Barındırma; {} Bulut; {} Veri; {} Medya; {} Oyun",
    public: "{} Üniversitesi; {} Belediyesi; {} Bankası; {} Hastanesi; {} Enstitüsü",
    legal: "{} A.Ş.; {} Ltd. Şti.; {} Tic. Ltd. Şti.; {} Derneği; {} MMC",
    halls: "{} Veri Merkezi; {} Veri Merkezi {c}; {} Data Center {c}; {} Sunucu Evi",
    exchanges: "{}-IX {c}; {} Değişim Noktası {c}; {} İnternet Değişim {c}",
    streets: "Değirmen Sokak No {n}; Atatürk Caddesi {n}; İstasyon Caddesi {n}; Çınarlı Bulvarı {n}; Liman Yolu {n}; \
              Sanayi Caddesi {n}",
    given: "Ayşe Burak Cemre Deniz Elif Fatih Gülşen Hakan İpek Kaan Leyla Murat Nazlı Onur Özge Selim Tuğba Yiğit",
    family: "Akçay Bozkurt Çetiner Demirtaş Erdoğmuş Fındık Gürsoy Hızlı İnanç Karadağ Menteş Narin Öztürkmen \
             Pekcan Sarıkaya Şenol Tuna Yılmazer",
    remarks: "Tüm değişim noktalarında eşleşmeye açığız. | Arıza bildirimi için NOC hattını arayınız.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const AFRICAN: Source = Source {
    code: "af",
    heads: "Baobab Savanna Acacia Twiga Simba Tembo Nyota Jua Mwezi Bahari Mlima Mto Upepo Marula Protea Kudu Springbok \
            Umoja Uhuru Sankofa Ngoma Kilele Mwanga Sable Zebu Iroko Harmattan Okapi Fynbos Karibu Imara \
            Rafiki Pamoja Kwela Veld",
    tails: "Ridge Coast Bridge Valley Link Point Mashariki Kusini Kaskazini Magharibi Plains Falls Rock Bay Hills Mpya \
            Bora Kuu",
    trades: "{} Networks; {} Telecom; {} Internet; {} Broadband; {} Fibre; {} Wireless; {} Communications; \
             {} Mtandao; {} Online; {} Wi-Fi",
    content: "{} Hosting; {} Cloud; {} Media; {} Data; {} Digital",
    public: "University of {}; {} County; {} Bank; {} Hospital; {} Research Network; {} Ministry of Education",
    legal: "{} Ltd; {} (Pty) Ltd; {} Limited; {} Holdings; {} Plc; {} NPC",
    halls: "{} Data Centre; {} Data Centre {c}; {} Colocation; {} Technology House",
    exchanges: "{}-IX {c}; {} Internet Exchange {c}; {} Exchange Point {c}; {}-INX {c}",
    streets: "{n} Mbalamwezi Road; {n} Station Street; {n} Marina Drive; {n} Kilimani Avenue; {n} Harbour Road; \
              {n} Industrial Crescent; Plot {n}, Uhuru Highway",
    given: "Abena Babajide Chidi Dumisani Esther Fatou Gugu Hamisi Ifeoma Jabulani Kwame Lerato Mandla Nneka Olu \
            Penda Refilwe Sizwe Thandi Wanjiru",
    family: "Achieng Botha Chukwuma Dlamini Ekwueme Fourie Githinji Hlongwane Ibekwe Juma Kamau Lungu Mahlangu \
             Nkosi Okonkwo Phiri Sithole Tshabalala van_Wyk Zulu",
    remarks: "Open peering at every exchange in the region. | Karibuni, tunapokea maombi ya kuunganisha kwa barua pepe.",
    gap: " ",
    native_gap: "",
    family_first: false,
};
