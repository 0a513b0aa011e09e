//! Words of the languages that write Cyrillic, Greek, Arabic, Hebrew and Devanagari. A word stands in Latin
//! letters and, behind `=`, in its own script.

use super::Source;

pub(super) const RUSSIAN: Source = Source {
    code: "ru",
    heads: "Sever=Север Vostok=Восток Yug=Юг Zvezdo=Звездо Luno=Луно Solntse=Солнце Lesno=Лесно Gorno=Горно \
            Rechno=Речно Morsko=Морско Sneg=Снег Beryozo=Берёзо Sosno=Сосно Kedro=Кедро Sokol=Сокол Orlo=Орло \
            Zhuravl=Журавль Serebro=Серебро Zlato=Злато Medno=Медно Bystro=Быстро Svetlo=Светло Novo=Ново \
            Belo=Бело Cherno=Черно Zeleno=Зелено Ural=Урал Sibir=Сибирь Volgo=Волго Donsko=Донско Ozero=Озеро \
            Rassvet=Рассвет Veter=Ветер Kamen=Камень Yantar=Янтарь Lyodo=Лёдо",
    tails: "svyaz=связь set=сеть line=лайн grad=град bereg=берег most=мост dom=дом mir=мир gorod=город luch=луч \
            put=путь potok=поток krai=край bor=бор pole=поле vid=вид signal=сигнал tochka=точка kanal=канал",
    trades: "{} Telecom={} Телеком; {} Net={} Нет; {} Svyaz={} Связь; {} Internet={} Интернет; \
             {} Optika={} Оптика; Domoseti {}=Домосети {}; {} Kabel={} Кабель; {} Online={} Онлайн; \
             {} Seti={} Сети; {} Kommunikatsii={} Коммуникации",
    content: "{} Hosting={} Хостинг; {} Oblako={} Облако; {} Media={} Медиа; {} Dannye={} Данные; {} Games={} Игры",
    public: "{} State University={} государственный университет; Bank {}=Банк {}; Administration of {}=Администрация {}; \
             {} Research Institute=НИИ {}",
    legal: "{} LLC=ООО «{}»; JSC {}=АО «{}»; PJSC {}=ПАО «{}»; {} Ltd=ООО «{}»; IE {}=ИП {}",
    halls: "{} Data Center=ЦОД {}; {} DC {c}=Дата-центр {} {c}; {} Technopark=Технопарк {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Exchange {c}=Точка обмена {} {c}; {} Internet Exchange {c}=Обмен трафиком {} {c}",
    streets: "Zavodskaya ul. {n}=Заводская ул., {n}; Mira pr. {n}=проспект Мира, {n}; Vokzalnaya ul. {n}=Вокзальная ул., {n}; \
              Naberezhnaya {n}=Набережная, {n}; Lesnaya ul. {n}=Лесная ул., {n}; Telegrafny per. {n}=Телеграфный пер., {n}",
    given: "Alexei=Алексей Boris=Борис Darya=Дарья Elena=Елена Fyodor=Фёдор Galina=Галина Igor=Игорь Kirill=Кирилл \
            Larisa=Лариса Maxim=Максим Natalya=Наталья Oleg=Олег Polina=Полина Roman=Роман Svetlana=Светлана \
            Timur=Тимур Yulia=Юлия",
    family: "Aksenenko=Аксененко Berezin=Березин Gordeenko=Гордеенко Zhuk=Жук Zimnyakov=Зимняков Kalinkevich=Калинкевич \
             Lebedenko=Лебеденко Morozevich=Морозевич Nikitenko=Никитенко Ostapchuk=Остапчук Rybnikovich=Рыбникович \
             Sokolenko=Соколенко Tarasevich=Тарасевич Uvarenko=Уваренко Shishko=Шишко Yakimenko=Якименко",
    remarks: "Открытая политика пиринга во всех точках присутствия. | Аварийная служба работает круглосуточно. | \
              Заявки на стыки принимаем по электронной почте.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const UKRAINIAN: Source = Source {
    code: "uk",
    heads: "Zoryano=Зоряно Misyachno=Місячно Dnipro=Дніпро Stepo=Степо Karpato=Карпато Lypo=Липо Dubo=Дубо \
            Kalyno=Калино Lelek=Лелек Sokil=Сокіл Horo=Горо Svitlo=Світло Bilo=Біло Chorno=Чорно Zeleno=Зелено \
            Sribno=Срібно Vitro=Вітро Sonyach=Соняч Pivnich=Північ Morsko=Морсько Richko=Річко Bystro=Бистро",
    tails: "zvyazok=звязок merezha=мережа hrad=град bereh=берег mist=міст misto=місто promin=промінь shlyakh=шлях \
            potik=потік krai=край dim=дім pole=поле hai=гай lan=лан",
    trades: "{} Telecom={} Телеком; {} Net={} Нет; {} Merezhi={} Мережі; {} Internet={} Інтернет; {} Optic={} Оптик; \
             {} Zvyazok={} Зв'язок; {} Online={} Онлайн; {} Link={} Лінк",
    content: "{} Hosting={} Хостинг; {} Khmara={} Хмара; {} Media={} Медіа; {} Data={} Дані",
    public: "{} National University={} національний університет; Bank {}=Банк {}; {} City Council={} міська рада; \
             {} Library={} бібліотека",
    legal: "{} LLC=ТОВ «{}»; PrJSC {}=ПрАТ «{}»; FOP {}=ФОП {}; {} PE=ПП «{}»",
    halls: "{} Data Center=Дата-центр {}; {} DC {c}=ЦОД {} {c}; {} Colocation=Колокація {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Traffic Exchange {c}=Обмін трафіком {} {c}; {} IX {c}=Точка обміну {} {c}",
    streets: "Zavodska St {n}=вул. Заводська, {n}; Myru Ave {n}=просп. Миру, {n}; Lisova St {n}=вул. Лісова, {n}; \
              Vokzalna St {n}=вул. Вокзальна, {n}; Naberezhna {n}=Набережна, {n}",
    given: "Andriy=Андрій Bohdana=Богдана Daryna=Дарина Halyna=Галина Ihor=Ігор Kateryna=Катерина Lesya=Леся \
            Mykola=Микола Nazar=Назар Oksana=Оксана Pavlo=Павло Solomiya=Соломія Taras=Тарас Yaryna=Ярина",
    family: "Bondarchuk=Бондарчук Vdovychenko=Вдовиченко Hrytsak=Грицак Dovzhyk=Довжик Zahorodnya=Загородня \
             Kovalyshyn=Ковалишин Lysenko=Лисенко Melnychuk=Мельничук Palamar=Паламар Savchuk=Савчук \
             Tkachuk=Ткачук Shcherbyna=Щербина Yavorska=Яворська",
    remarks: "Відкрита політика пірингу. | Чергова зміна працює цілодобово. | Для нових стиків пишіть на пошту NOC.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const BULGARIAN: Source = Source {
    code: "bg",
    heads: "Zvezdo=Звездо Luno=Луно Slantse=Слънце Gorno=Горно Rila=Рила Rodopo=Родопо Dunavo=Дунаво Sokol=Сокол \
            Orlo=Орло Zeleno=Зелено Byalo=Бяло Cherno=Черно Srebro=Сребро Boro=Боро Dabo=Дъбо Brezo=Брезо \
            Kamen=Камен Roza=Роза Vityosh=Витош Bistro=Бистро",
    tails: "grad=град bryag=бряг most=мост pole=поле gora=гора izvor=извор lach=лъч pat=път potok=поток dom=дом \
            kray=край vrah=връх dol=дол",
    trades: "{} Telecom={} Телеком; {} Net={} Нет; {} Mrezhi={} Мрежи; {} Internet={} Интернет; {} Kabel={} Кабел; \
             {} Optik={} Оптик; {} Komunikatsii={} Комуникации",
    content: "{} Hosting={} Хостинг; {} Oblak={} Облак; {} Media={} Медия; {} Danni={} Данни",
    public: "{} University={} Университет; Municipality of {}=Община {}; Bank {}=Банка {}; {} Hospital=Болница {}",
    legal: "{} EOOD={} ЕООД; {} OOD={} ООД; {} AD={} АД; ET {}=ЕТ {}",
    halls: "{} Data Center=Център за данни {}; {} DC {c}=Дейта център {} {c}; {} Colocation=Колокация {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}=Интернет обмен {} {c}; {}IX {c}={}IX {c}",
    streets: "ul. Vodenichna {n}=ул. „Воденична“ {n}; bul. Slivnitsa {n}=бул. „Сливница“ {n}; ul. Garova {n}=ул. „Гарова“ {n}; \
              ul. Borova {n}=ул. „Борова“ {n}",
    given: "Aleksandra=Александра Boyan=Боян Desislava=Десислава Emil=Емил Gergana=Гергана Hristo=Христо Iva=Ива \
            Kalin=Калин Lyubomir=Любомир Mariya=Мария Nikolay=Николай Rositsa=Росица Stoyan=Стоян Tsvetelina=Цветелина",
    family: "Angelov=Ангелов Balkanska=Балканска Velchev=Велчев Ganchev=Ганчев Dimova=Димова Zlatarov=Златаров \
             Koleva=Колева Mladenov=Младенов Petkov=Петков Stoykova=Стойкова Tsonev=Цонев Yordanova=Йорданова",
    remarks: "Отворена политика за пиринг. | Дежурен екип на разположение денонощно.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const GREEK: Source = Source {
    code: "el",
    heads: "Asteri=Αστέρι Selini=Σελήνη Thalassa=Θάλασσα Vouno=Βουνό Elia=Ελιά Pefko=Πεύκο Geraki=Γεράκι Aetos=Αετός \
            Anemos=Άνεμος Fos=Φως Petra=Πέτρα Kyma=Κύμα Nisos=Νήσος Pelagos=Πέλαγος Kedros=Κέδρος Dafni=Δάφνη \
            Chelidoni=Χελιδόνι Faros=Φάρος Orizontas=Ορίζοντας Pigi=Πηγή",
    tails: "Aigaiou=Αιγαίου Ioniou=Ιονίου Kritis=Κρήτης Vorra=Βορρά Notou=Νότου Anatolis=Ανατολής Dysis=Δύσης \
            Leuko=Λευκό Neo=Νέο Mega=Μέγα Argyro=Αργυρό Olympou=Ολύμπου",
    trades: "{} Telecom={} Τηλεπικοινωνίες; {} Net={} Δίκτυα; {} Internet={} Ίντερνετ; {} Fiber={} Οπτικές Ίνες; \
             {} Online={} Σύνδεση; {} Communications={} Επικοινωνίες",
    content: "{} Hosting={} Φιλοξενία; {} Cloud={} Νέφος; {} Media={} Μέσα; {} Data={} Δεδομένα",
    public: "University of {}=Πανεπιστήμιο {}; Municipality of {}=Δήμος {}; {} Hospital=Νοσοκομείο {}; {} Bank=Τράπεζα {}",
    legal: "{} S.A.={} Α.Ε.; {} Ltd={} Ε.Π.Ε.; {} IKE={} Ι.Κ.Ε.",
    halls: "{} Data Center=Κέντρο Δεδομένων {}; {} DC {c}=Κέντρο Δεδομένων {} {c}; {} Colocation=Συστέγαση {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}=Κόμβος {} {c}",
    streets: "Mylou {n}=Μύλου {n}; Leoforos Kifisias {n}=Λεωφόρος Κηφισίας {n}; Limaniou {n}=Λιμανιού {n}; \
              Stathmou {n}=Σταθμού {n}; Eleftherias {n}=Ελευθερίας {n}",
    given: "Anna=Άννα Vasilis=Βασίλης Giorgos=Γιώργος Dimitra=Δήμητρα Eleni=Ελένη Thanos=Θάνος Ioanna=Ιωάννα \
            Kostas=Κώστας Maria=Μαρία Nikos=Νίκος Panagiotis=Παναγιώτης Sofia=Σοφία Christos=Χρήστος",
    family: "Alexakis=Αλεξάκης Vlachou=Βλάχου Georgiadis=Γεωργιάδης Dimas=Δήμας Zervas=Ζέρβας Kalogeras=Καλογεράς \
             Lekkas=Λέκκας Manolaki=Μανωλάκη Nikolaidis=Νικολαΐδης Petridou=Πετρίδου Sarris=Σαρρής Fotiou=Φωτίου",
    remarks: "Ανοιχτή πολιτική διασύνδεσης. | Το NOC απαντά όλο το εικοσιτετράωρο.",
    gap: " ",
    native_gap: " ",
    family_first: false,
};

pub(super) const ARABIC: Source = Source {
    code: "ar",
    heads: "Najm=نجم Qamar=قمر Shams=شمس Bahr=بحر Nakhil=نخيل Saqr=صقر Jabal=جبل Wadi=وادي Rimal=رمال Nahr=نهر \
            Burj=برج Afaq=آفاق Nasim=نسيم Lulu=لؤلؤ Barq=برق Jisr=جسر Wahat=واحة Sahab=سحاب Zaytun=زيتون Rayan=ريان \
            Manarat=منارة Amwaj=أمواج",
    tails: "al-Sharq=الشرق al-Gharb=الغرب al-Shamal=الشمال al-Janub=الجنوب al-Khalij=الخليج al-Sahra=الصحراء \
            al-Madina=المدينة al-Mustaqbal=المستقبل al-Nur=النور al-Watan=الوطن al-Sama=السماء al-Bahr=البحر \
            al-Dhahab=الذهب al-Safwa=الصفوة",
    trades: "{} Telecom={} للاتصالات; {} Networks=شبكات {}; {} Internet={} للإنترنت; {} Fiber=ألياف {}; \
             {} Broadband={} للنطاق العريض; {} Link={} للربط; {} Communications={} للاتصالات الحديثة",
    content: "{} Hosting={} للاستضافة; {} Cloud=سحابة {}; {} Media={} للإعلام; {} Data={} للبيانات",
    public: "University of {}=جامعة {}; {} Bank=بنك {}; {} Ministry=وزارة {}; {} Hospital=مستشفى {}",
    legal: "{} LLC=شركة {} ذ.م.م; {} Company=شركة {}; {} WLL=شركة {} ذ.م.م; {} Group=مجموعة {}",
    halls: "{} Data Center=مركز بيانات {}; {} DC {c}=مركز بيانات {} {c}; {} Hub=مجمع {}",
    exchanges: "{}-IX {c}={} لتبادل الإنترنت {c}; {} Internet Exchange {c}=مقسم {} {c}",
    streets: "{n} Corniche Street=شارع الكورنيش {n}; {n} Airport Road=طريق المطار {n}; {n} Palm Street=شارع النخيل {n}; \
              {n} Market Street=شارع السوق {n}; {n} Port Road=طريق الميناء {n}",
    given: "Ahmad=أحمد Basma=بسمة Dalia=داليا Fares=فارس Ghada=غادة Hassan=حسن Khalid=خالد Layla=ليلى Mona=منى Nader=نادر \
            Omar=عمر Rania=رانيا Sami=سامي Tariq=طارق Yasmin=ياسمين",
    family: "Abboud=عبود Barakat=بركات Darwish=درويش Farouqi=فاروقي Ghanem=غانم Haddad=حداد Jaber=جابر Khoury=خوري \
             Mansour=منصور Najjar=نجار Qasim=قاسم Rashid=راشد Sabbagh=صباغ Tamimi=تميمي Zaki=زكي",
    remarks: "سياسة ربط مفتوحة مع جميع الشبكات. | فريق العمليات متاح على مدار الساعة.",
    gap: " ",
    native_gap: " ",
    family_first: false,
};

pub(super) const HEBREW: Source = Source {
    code: "he",
    heads: "Kokhav=כוכב Gal=גל Har=הר Nahal=נחל Erez=ארז Alon=אלון Zayit=זית Yam=ים Or=אור Shahaf=שחף Dror=דרור \
            Keshet=קשת Sela=סלע Ruach=רוח Gesher=גשר Tamar=תמר Rimon=רימון",
    tails: "Tzafon=צפון Darom=דרום Mizrah=מזרח Galil=גליל Negev=נגב Sharon=שרון Kinneret=כנרת Carmel=כרמל Zahav=זהב \
            Hadash=חדש Lavan=לבן Arava=ערבה",
    trades: "{} Networks=רשתות {}; {} Telecom={} תקשורת; {} Internet={} אינטרנט; {} Fiber={} סיבים; {} Net={} נט; \
             {} Link={} קישורים",
    content: "{} Hosting={} אחסון; {} Cloud={} ענן; {} Media={} מדיה; {} Cyber={} סייבר",
    public: "{} University=אוניברסיטת {}; {} Municipality=עיריית {}; {} Hospital=בית חולים {}; {} College=מכללת {}",
    legal: "{} Ltd={} בע\"מ; {} (R.A.)={} (ע\"ר); {} Group=קבוצת {}",
    halls: "{} Data Center=מרכז נתונים {}; {} DC {c}=חוות שרתים {} {c}; {} Bunker=בונקר {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}=צומת {} {c}",
    streets: "HaTahana {n}=התחנה {n}; HaNamal {n}=הנמל {n}; Herzl {n}=הרצל {n}; HaErez {n}=הארז {n}; HaYetsira {n}=היצירה {n}",
    given: "Avi=אבי Dana=דנה Eitan=איתן Galit=גלית Hila=הילה Ido=עידו Michal=מיכל Noam=נועם Orit=אורית Roni=רוני \
            Tal=טל Yael=יעל",
    family: "Amrani=עמרני Barkai=ברקאי Dagan=דגן Eshel=אשל Golan=גולן Harari=הררי Lavi=לביא Mizrahi=מזרחי Oren=אורן \
             Peled=פלד Segev=שגב Tzur=צור",
    remarks: "מדיניות חיבור פתוחה. | מוקד התפעול זמין בכל שעות היממה.",
    gap: " ",
    native_gap: " ",
    family_first: false,
};

pub(super) const HINDI: Source = Source {
    code: "hi",
    heads: "Surya=सूर्य Chandra=चंद्र Tara=तारा Megh=मेघ Sagar=सागर Nadi=नदी Vayu=वायु Agni=अग्नि Himal=हिमाल \
            Vindhya=विंध्य Ganga=गंगा Mayur=मयूर Garud=गरुड़ Hans=हंस Kamal=कमल Chandan=चंदन Peepal=पीपल Neelam=नीलम \
            Swarna=स्वर्ण Rajat=रजत Prabhat=प्रभात Sandhya=संध्या Vidyut=विद्युत Akash=आकाश Dharti=धरती Setu=सेतु \
            Deep=दीप Kiran=किरण Lahar=लहर Parvat=पर्वत",
    tails: "Jal=जाल Path=पथ Setu=सेतु Lok=लोक Vani=वाणी Duniya=दुनिया Tarang=तरंग Sanchar=संचार Nagar=नगर Gram=ग्राम \
            Marg=मार्ग Jyoti=ज्योति Kendra=केंद्र Shikhar=शिखर Ghat=घाट Uday=उदय Van=वन",
    trades: "{} Networks={} नेटवर्क; {} Broadband={} ब्रॉडबैंड; {} Telecom={} टेलीकॉम; {} Internet={} इंटरनेट; \
             {} Fibernet={} फाइबरनेट; {} Communications={} संचार सेवा; {} Online={} ऑनलाइन; {} Cable={} केबल; \
             {} Infotel={} इन्फोटेल; {} Wireless={} वायरलेस",
    content: "{} Hosting={} होस्टिंग; {} Cloud={} क्लाउड; {} Media={} मीडिया; {} Data={} डेटा; {} Infotech={} इन्फोटेक",
    public: "{} University={} विश्वविद्यालय; {} Bank={} बैंक; {} Institute of Technology={} प्रौद्योगिकी संस्थान; \
             {} Hospital={} अस्पताल",
    legal: "{} Pvt. Ltd.={} प्रा. लि.; {} Private Limited={} प्राइवेट लिमिटेड; {} Limited={} लिमिटेड; {} LLP={} एलएलपी",
    halls: "{} Data Centre={} डेटा केंद्र; {} DC {c}={} डेटा केंद्र {c}; {} IT Park={} आईटी पार्क",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}={} इंटरनेट एक्सचेंज {c}; {} Peering Point {c}={} विनिमय केंद्र {c}",
    streets: "{n} Station Road={n} स्टेशन रोड; Plot {n}, Sector 62=प्लॉट {n}, सेक्टर 62; {n} Mahatma Gandhi Marg={n} महात्मा गांधी मार्ग; \
              {n} Udyog Vihar={n} उद्योग विहार; {n} Bazaar Road={n} बाज़ार रोड",
    given: "Aarav=आरव Deepa=दीपा Farhan=फरहान Gauri=गौरी Harish=हरीश Ishita=इशिता Jatin=जतिन Kavita=कविता Lakshmi=लक्ष्मी \
            Manoj=मनोज Neha=नेहा Prakash=प्रकाश Rekha=रेखा Sunil=सुनील Vikram=विक्रम",
    family: "Agnihotri=अग्निहोत्री Bhandari=भंडारी Chaturvedi=चतुर्वेदी Deshmukh=देशमुख Goswami=गोस्वामी Joshi=जोशी \
             Kulkarni=कुलकर्णी Mehrotra=मेहरोत्रा Nair=नायर Pillai=पिल्लई Rawat=रावत Saxena=सक्सेना Thapa=थापा \
             Upadhyay=उपाध्याय Verma=वर्मा",
    remarks: "सभी एक्सचेंजों पर खुली पीयरिंग नीति। | हमारा एनओसी चौबीसों घंटे उपलब्ध है।",
    gap: " ",
    native_gap: " ",
    family_first: false,
};
