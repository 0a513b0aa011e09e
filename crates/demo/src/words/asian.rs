//! Words of the languages of south-east and east Asia. A word stands in Latin letters and, where the language has
//! a script of its own, behind `=` in that.

use super::Source;

pub(super) const THAI: Source = Source {
    code: "th",
    heads: "Dao=ดาว Duean=เดือน Tawan=ตะวัน Fah=ฟ้า Thale=ทะเล Phukhao=ภูเขา Maenam=แม่น้ำ Chang=ช้าง Nok=นก \
            Bua=บัว Thong=ทอง Ngoen=เงิน Kaew=แก้ว Lom=ลม Saeng=แสง Mek=เมฆ Pa=ป่า",
    tails: "nuea=เหนือ tai=ใต้ isan=อีสาน siam=สยาม thip=ทิพย์ rung=รุ่ง charoen=เจริญ mai=ใหม่ yai=ใหญ่ ngam=งาม \
            phet=เพชร wang=วัง",
    trades: "{} Network={} เน็ตเวิร์ค; {} Telecom={} โทรคมนาคม; {} Internet={} อินเทอร์เน็ต; {} Fiber={} ไฟเบอร์; \
             {} Broadband={} บรอดแบนด์; {} Cable TV={} เคเบิลทีวี",
    content: "{} Hosting={} โฮสติ้ง; {} Cloud={} คลาวด์; {} Media={} มีเดีย; {} Data={} ดาต้า",
    public: "{} University=มหาวิทยาลัย{}; {} Bank=ธนาคาร{}; {} Hospital=โรงพยาบาล{}; {} Municipality=เทศบาล{}",
    legal: "{} Co., Ltd.=บริษัท {} จำกัด; {} PCL=บริษัท {} จำกัด (มหาชน); {} Ltd., Part.=หจก. {}",
    halls: "{} Data Center=ศูนย์ข้อมูล {}; {} IDC {c}=ไอดีซี {} {c}; {} Tower=อาคาร {}",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}=ศูนย์แลกเปลี่ยน {} {c}",
    streets: "{n} Charoen Rat Road={n} ถนนเจริญราษฎร์; {n} Tha Ruea Road={n} ถนนท่าเรือ; {n} Soi Suan Mai={n} ซอยสวนใหม่; \
              {n} Satani Road={n} ถนนสถานี",
    given: "Anong=อนงค์ Chai=ชัย Daeng=แดง Kamon=กมล Malee=มาลี Nattapong=ณัฐพงษ์ Pim=พิมพ์ Ratana=รัตนา Somchai=สมชาย \
            Suda=สุดา Wichai=วิชัย Ying=หญิง",
    family: "Boonmee=บุญมี Chaiyasit=ไชยสิทธิ์ Jaidee=ใจดี Kaewmanee=แก้วมณี Maneewan=มณีวรรณ Phromma=พรหมมา \
             Rattanakul=รัตนกุล Saelim=แซ่ลิ้ม Srisuk=ศรีสุข Thongdee=ทองดี Wongsa=วงษา",
    remarks: "เปิดรับการเชื่อมต่อกับทุกเครือข่าย | ศูนย์ปฏิบัติการให้บริการตลอด 24 ชั่วโมง",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const VIETNAMESE: Source = Source {
    code: "vi",
    heads: "Sao Trăng Biển Núi Sông Gió Mây Rừng Sen Tre Hạc Phượng Bạch Hồng Thanh Kim Ngân Nắng Thiên Đại Hải",
    tails: "Xanh Bắc Nam Đông Việt Long Sơn Hà Dương Minh Phong Quang An Phú Lâm Vân Châu",
    trades: "Viễn thông {}; {} Telecom; Mạng {}; {} Internet; Cáp quang {}; {} Net; {} Networks; Truyền thông {}",
    content: "{} Hosting; Đám mây {}; {} Media; Dữ liệu {}; {} Cloud",
    public: "Đại học {}; Ngân hàng {}; Bệnh viện {}; Viện {}; Sở {}",
    legal: "Công ty TNHH {}; Công ty Cổ phần {}; {} JSC; {} Co., Ltd",
    halls: "Trung tâm dữ liệu {}; {} Data Center {c}; {} IDC {c}; Tháp {}",
    exchanges: "{}-IX {c}; Trạm trung chuyển {} {c}; {} Internet Exchange {c}",
    streets: "{n} đường Bờ Sông; {n} phố Nhà Ga; {n} đường Cây Me; {n} ngõ Hàng Tre; {n} đại lộ Hòa Bình",
    given: "Anh Bình Chi Dũng Giang Hạnh Khôi Liên Mai Ngọc Phúc Quyên Sơn Thảo Uyên Vinh Yến",
    family: "Bùi_Văn Cao_Thị Đặng_Minh Đinh_Hữu Hồ_Thanh Lâm_Quốc Lương_Thị Mạc_Đình Ngô_Gia Phan_Thúy Tạ_Quang \
             Trịnh_Xuân Vũ_Hồng",
    remarks: "Chính sách kết nối mở với mọi mạng. | Trung tâm điều hành trực 24/7.",
    gap: " ",
    native_gap: "",
    family_first: true,
};

pub(super) const MALAY: Source = Source {
    code: "ms",
    heads: "Bintang Bulan Mentari Laut Gunung Sungai Angin Awan Rimba Teratai Melati Elang Rajawali Merak Cendana Jati \
            Beringin Mutiara Emas Perak Intan Kencana Surya Cahaya Fajar Senja Ombak Pelangi Permata Puncak Samudra \
            Telaga Tunas Nusa Lembah Kelapa Cakrawala Angsana Bahtera Delima Kenari",
    tails: "Utara Selatan Timur Barat Jaya Abadi Sentosa Makmur Mandiri Perkasa Raya Sejahtera Lestari Persada Indah \
            Biru Putih Nusantara Sakti Utama Bersama Gemilang Harapan Mulia Pratama Semesta",
    trades: "{} Net; {} Telekomunikasi; {} Internet; {} Jaringan; {} Fiber; {} Media Data; {} Komunika; {} Link; \
             {} Broadband; {} Networks; {} Wireless; {} Teknologi",
    content: "{} Hosting; {} Cloud; {} Media; {} Data; {} Digital; {} Server",
    public: "Universitas {}; Universiti {}; Bank {}; Rumah Sakit {}; Pemerintah Kota {}; Dinas {}; Politeknik {}",
    legal: "PT {}; CV {}; {} Sdn. Bhd.; {} Berhad; Yayasan {}; PT {} Tbk",
    halls: "{} Data Center; {} Data Center {c}; {} Pusat Data; {} IDC {c}; Gedung {}",
    exchanges: "{}-IX {c}; {} Internet Exchange {c}; {} Pertukaran {c}; {}IX {c}; Open {} {c}",
    streets: "Jalan Kincir {n}; Jl. Jend. Merdeka No. {n}; Jl. Pelabuhan No. {n}; Jalan Stesen {n}; Jl. Melati Raya {n}; \
              Jalan Perindustrian {n}",
    given: "Aisyah Bambang Citra Dewi Eko Fitri Gilang Hendra Indah Joko Kartika Lestari Made Nur Putu Rina Slamet \
            Wulan Yusof Zainab",
    family: "Adiputra Basuki Chandrawati Darmawan Effendi Firmansyah Gunadi Hasanah Ismail Kusumawati Lubis Maulana \
             Nugraha Purnomo Rahmawati Santosa Tanjung Wibisono",
    remarks: "Kebijakan peering terbuka di semua lokasi. | NOC siaga 24 jam setiap hari. | Silakan kirim permintaan \
              melalui surel.",
    gap: " ",
    native_gap: "",
    family_first: false,
};

const CHINESE_HEADS: &str = "Tian=天 Hai=海 Shan=山 Xing=星 Guang=光 Jin=金 Yu=玉 Bei=北 Nan=南 Jiang=江 He=河 Ming=明 Yue=月 \
                             Shi=石 Lin=林 Song=松 Zhu=竹 Qing=青 Bai=白 Hong=虹 Chun=春 Qiu=秋 Feng=峰 Hu=湖 Bo=波 Zhou=舟";
const CHINESE_TAILS: &str = "tong=通 hai=海 guang=光 he=和 an=安 xin=信 cheng=城 qiao=桥 zhou=洲 yuan=源 jia=佳 tai=泰 \
                             yun=云 lin=林 quan=泉 feng=丰 hang=航";
const CHINESE_GIVEN: &str = "Wei=伟 Fang=芳 Jing=静 Qiang=强 Lei=磊 Yan=艳 Tao=涛 Juan=娟 Xiaoming=小明 Zihan=子涵 Yutong=雨桐 Haoran=浩然";
const CHINESE_FAMILY: &str = "Cheng=程 Deng=邓 Fan=范 Gao=高 Han=韩 Jiang=江 Lu=卢 Meng=孟 Pan=潘 Qiu=邱 Shen=沈 Tang=唐 Xie=谢 Yuan=袁 Zeng=曾";

pub(super) const CHINESE: Source = Source {
    code: "zh",
    heads: CHINESE_HEADS,
    tails: CHINESE_TAILS,
    trades: "{} Networks={}网络; {} Telecom={}电信; {} Broadband={}宽带; {} Communications={}通信; {} Fiber={}光纤; \
             {} Internet={}互联网; {} Digital={}数码",
    content: "{} Cloud={}云计算; {} Hosting={}主机; {} Media={}传媒; {} Data={}数据; {} Games={}游戏; {} CDN={}加速",
    public: "{} University={}大学; {} Bank={}银行; {} Research Institute={}研究院; {} Hospital={}医院",
    legal: "{} Co., Ltd.={}有限公司; {} Technology Co., Ltd.={}科技有限公司; {} Pte. Ltd.={}私人有限公司; {} Group={}集团",
    halls: "{} Data Center={}数据中心; {} IDC {c}={}{c}机房; {} Tower={}大厦",
    exchanges: "{}-IX {c}={}{c}互联网交换中心; {} Internet Exchange {c}={}{c}交换中心",
    streets: "{n} Heping Road=和平路{n}号; {n} Jiangbin Avenue=江滨大道{n}号; {n} Keji Road=科技路{n}号; {n} Chezhan Street=车站街{n}号; \
              {n} Songlin Road=松林路{n}号",
    given: CHINESE_GIVEN,
    family: CHINESE_FAMILY,
    remarks: "欢迎在各交换中心与我们互联。 | 网络运行中心全天候值班。 | 计划维护将提前一周通知。",
    gap: "",
    native_gap: "",
    family_first: true,
};

pub(super) const CHINESE_TRADITIONAL: Source = Source {
    code: "hant",
    heads: CHINESE_HEADS,
    tails: "tong=通 hai=海 guang=光 he=和 an=安 xin=信 cheng=城 qiao=橋 zhou=洲 yuan=源 jia=佳 tai=泰 yun=雲 lin=林 quan=泉 \
            feng=豐 hang=航 wan=灣",
    trades: "{} Networks={}網路; {} Telecom={}電訊; {} Broadband={}寬頻; {} Communications={}通訊; {} Fiber={}光纖; \
             {} Internet={}網際網路; {} Digital={}數碼",
    content: "{} Cloud={}雲端; {} Hosting={}主機; {} Media={}傳媒; {} Data={}數據; {} Games={}遊戲",
    public: "{} University={}大學; {} Bank={}銀行; {} Research Institute={}研究院; {} Hospital={}醫院",
    legal: "{} Limited={}有限公司; {} Co., Ltd.={}股份有限公司; {} Technology Ltd={}科技有限公司; {} Holdings={}控股",
    halls: "{} Data Centre={}數據中心; {} IDC {c}={}{c}機房; {} Tower={}大廈",
    exchanges: "{}-IX {c}={}{c}網際網路交換中心; {} Internet Exchange {c}={}{c}交換中心",
    streets: "{n} Heping Road=和平路{n}號; {n} Haibin Road=海濱道{n}號; {n} Keji Avenue=科技大道{n}號; {n} Chezhan Street=車站街{n}號",
    given: "Wai=偉 Fong=芳 Ching=靜 Keung=強 Man=文 Yin=燕 Tao=濤 Kuen=娟 Siuming=小明 Tszhan=子涵 Hoyin=浩然",
    family: "Ching=程 Tang=鄧 Fan=范 Ko=高 Hon=韓 Kong=江 Lo=盧 Mang=孟 Poon=潘 Yau=邱 Sham=沈 Tong=唐 Tse=謝 Tsang=曾",
    remarks: "歡迎在各交換中心與我們互連。 | 網路維運中心全年無休。",
    gap: "",
    native_gap: "",
    family_first: true,
};

pub(super) const JAPANESE: Source = Source {
    code: "ja",
    heads: "Kita=北 Minami=南 Higashi=東 Nishi=西 Hoshi=星 Tsuki=月 Yama=山 Umi=海 Kawa=川 Mori=森 Matsu=松 Take=竹 \
            Sakura=桜 Taka=鷹 Tsuru=鶴 Aka=赤 Ao=青 Shiro=白 Gin=銀 Kin=金 Asa=朝 Haru=春 Aki=秋 Naka=中",
    tails: "hama=浜 hashi=橋 shima=島 no=野 saki=崎 mine=峰 zawa=沢 tani=谷 mori=森 oka=岡 ura=浦 izumi=泉 kaze=風 \
            hikari=光 michi=道 sato=里 numa=沼",
    trades: "{} Networks={}ネットワークス; {} Telecom={}通信; {} Internet={}インターネット; {} Hikari={}光; \
             {} Cable Television={}ケーブルテレビ; {} Broadband={}ブロードバンド; {} Communications={}コミュニケーションズ",
    content: "{} Hosting={}ホスティング; {} Cloud={}クラウド; {} Media={}メディア; {} Data={}データ; {} Games={}ゲームス",
    public: "{} University={}大学; {} City={}市; {} Bank={}銀行; {} Hospital={}病院; {} Research Institute={}研究所",
    legal: "{} K.K.=株式会社{}; {} Co., Ltd.={}株式会社; {} G.K.=合同会社{}; {} Foundation=一般財団法人{}",
    halls: "{} Data Center={}データセンター; {} DC {c}={}{c}データセンター; {} Bldg.={}ビル",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}={}インターネットエクスチェンジ{c}",
    streets: "2-{n} Minatomachi=港町2丁目{n}番; 1-{n} Ekimae-dori=駅前通1丁目{n}番; 4-{n} Midorigaoka=緑が丘4丁目{n}番; \
              3-{n} Kogyo-danchi=工業団地3丁目{n}番; 5-{n} Matsubara=松原5丁目{n}番",
    given: "Akiko=明子 Daisuke=大輔 Emi=恵美 Hiroshi=浩 Kaori=香織 Kenji=健二 Mai=舞 Naoki=直樹 Ryo=亮 Sakura=さくら \
            Takashi=隆 Yuki=由紀",
    family: "Aizawa=相沢 Fujikawa=藤川 Hasebe=長谷部 Ishizuka=石塚 Kanamori=金森 Miyashita=宮下 Nagashima=長島 Okubo=大久保 \
             Sakamoto=坂本 Tsukamoto=塚本 Uehara=上原 Yoshioka=吉岡",
    remarks: "すべての拠点でピアリングを歓迎します。 | 障害のご連絡は24時間受け付けています。 | 定期保守は日曜日の深夜に行います。",
    gap: "",
    native_gap: "",
    family_first: true,
};

pub(super) const KOREAN: Source = Source {
    code: "ko",
    heads: "Haneul=하늘 Byeol=별 Dal=달 Bada=바다 San=산 Gang=강 Sup=숲 Sol=솔 Maehwa=매화 Nuri=누리 Hanbit=한빛 \
            Saebyeok=새벽 Param=바람 Gureum=구름 Dure=두레 Narae=나래 Mirae=미래 Oreum=오름",
    tails: "teo=터 bit=빛 gil=길 nara=나라 maeul=마을 dari=다리 sarang=사랑 madang=마당 on=온 eul=을",
    trades: "{} Networks={}네트웍스; {} Telecom={}텔레콤; {} Internet={}인터넷; {} Cable={}케이블; {} Broadband={}브로드밴드; \
             {} Communications={}통신",
    content: "{} Hosting={}호스팅; {} Cloud={}클라우드; {} Media={}미디어; {} Data={}데이터; {} Games={}게임즈",
    public: "{} University={}대학교; {} Bank={}은행; {} Hospital={}병원; {} Institute={}연구원",
    legal: "{} Co., Ltd.=주식회사 {}; {} Inc.=(주){}; {} LLC=유한회사 {}",
    halls: "{} Data Center={} 데이터센터; {} IDC {c}={} {c} IDC; {} Tower={} 타워",
    exchanges: "{}-IX {c}={}-IX {c}; {} Internet Exchange {c}={} {c} 인터넷교환센터",
    streets: "{n} Bareum-ro=바름로 {n}; {n} Gang-gil=강길 {n}; {n} Yeok-ap-ro=역앞로 {n}; {n} Gongdan-ro=공단로 {n}; {n} Sol-daero=솔대로 {n}",
    given: "Jimin=지민 Seojun=서준 Haeun=하은 Minho=민호 Sujin=수진 Dohyun=도현 Yerin=예린 Jaewon=재원 Boram=보람 Hyejin=혜진",
    family: "Ahn=안 Baek=백 Cha=차 Do=도 Gwak=곽 Ha=하 Jin=진 Ma=마 Noh=노 Pyo=표 Seol=설 Yoo=유",
    remarks: "모든 교환점에서 피어링을 환영합니다. | 네트워크 운영센터는 연중무휴로 운영합니다.",
    gap: "",
    native_gap: "",
    family_first: true,
};
