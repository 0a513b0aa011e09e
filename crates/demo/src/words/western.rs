//! Words of the west and north of Europe, and of the English-speaking world.

use super::Source;

pub(super) const ENGLISH: Source = Source {
    code: "en",
    heads: "Kestrel Harrow Birch Copper Alder Raven Amber Slate Ember Marsh Thorn Wind Stone Silver Cedar \
            Falcon Heron Otter Badger Lark Finch Sparrow Hazel Willow Rowan Maple Granite Flint Harbor Lantern \
            Beacon Prairie Canyon Mesa Summit Timber Bramble Clover Fern Moss Pine Quarry Saddle Tidal Umber \
            Vale Anchor Bison Coyote Drift Elk Fox Gull Hollow Iron Juno Kelp Loon Mill North Osprey Pebble \
            Quill River Sage Tern Upland Vesper Walnut Yarrow",
    tails: "wood field brook gate bridge ford haven crest ridge line light path point reach spring water way \
            well mere moor cliff stone fall view land creek bank run",
    trades: "{} Networks; {} Fiber; {} Broadband; {} Communications; {} Internet; {} Telecom; {} Online; {} Cable; \
             {} Wireless; {} Connect; {} Rural Telephone Cooperative; {} Fibre; {} Net; {} Valley Internet",
    content: "{} Hosting; {} Cloud; {} Media; {} Data; {} CDN; {} Games; {} Video; {} Labs; {} Security; {} DNS",
    public: "{} University; City of {}; {} School District; {} Credit Union; {} Health; {} College; \
             {} Research Network; {} Public Library; {} Insurance; {} Foundation",
    legal: "{}, Inc.; {} LLC; {} Ltd; {} Corporation; {} Limited; {} Pty Ltd; The {} Company",
    halls: "{} Data Center; {} Colo; {} Data Centers {c}; {} Carrier Hotel; {} Exchange House",
    exchanges: "{} Internet Exchange {c}; {}-IX {c}; {} Peering {c}; {}IX {c}; {} Neutral Exchange {c}",
    streets: "{n} Mill Lane; {n} Quarry Road; {n} Harbour Street; {n} Old Depot Way; {n} Telegraph Avenue; \
              {n} W 9th St; {n} Foundry Drive; {n} Commerce Parkway; {n} Station Road; {n} Elm Street",
    given: "Alice Ben Chloe Daniel Erin Felix Grace Harvey Isla Jonah Kiera Liam Maya Noah Orla Priya Ruth Sam \
            Tessa Victor",
    family: "Ashdown Barlow Carver Denholm Eastwick Farrow Gilmour Hartley Ingram Jessop Kirkby Langley Marlowe \
             Norwood Oakes Pemberton Quayle Radley Sefton Thornbury",
    remarks: "",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const GERMAN: Source = Source {
    code: "de",
    heads: "Halb Stein Morgen Silber Kupfer Wald Heide Birken Eichen Falken Adler Kranich Otter Donau Elb Mosel \
            Fels Wind Wolken Sonnen Stern Linden Buchen Moor Nebel Bernstein Amsel Biber Dachs Erlen Fichten \
            Grün Hafen Insel Kiefern Lerchen Mühl Nord Quell Rosen Schiefer Tannen Ulmen Veilchen Weiden Zimt",
    tails: "mond berg hafen tal brück bach feld horn stein blick weg hof garten turm quell burg insel werder see \
            kamp ufer mark licht",
    trades: "{} Netz; {} Netzwerke; {} Kabel; {} Glasfaser; {} Breitband; {} Kommunikation; Stadtwerke {}; \
             {} Online; {} DSL; {} Funknetz; {} Telekommunikation; {} Datennetze",
    content: "{} Hosting; {} Systemhaus; {} Medien; {} Rechendienste; {} Cloud; {} Verlag; {} Spiele",
    public: "Universität {}; Hochschule {}; Sparkasse {}; Landkreis {}; Klinikum {}; {} Versicherung; \
             Forschungszentrum {}",
    legal: "{} GmbH; {} AG; {} UG (haftungsbeschränkt); {} GmbH & Co. KG; {} e.V.; {} e.G.",
    halls: "{} Rechenzentrum; {} Rechenzentrum {c}; {} Datacenter; {} Colocation {c}; {} Technikhaus",
    exchanges: "{}-IX {c}; {} Internetknoten {c}; {} Datenaustausch {c}; {}-CIX {c}",
    streets: "Hauptstraße {n}; Am Güterbahnhof {n}; Lindenallee {n}; Werftstraße {n}; Gutenbergring {n}; \
              An der Mühle {n}; Röntgenweg {n}; Kaiserdamm {n}; Zum Umspannwerk {n}",
    given: "Anke Björn Clara Dieter Elke Florian Greta Holger Ines Jörg Katrin Lukas Marlene Niels Ottilie Paul \
            Renate Sören Ute Wiebke",
    family: "Ahrendt Brückner Dörfler Eichhorn Fährmann Grünwald Hölscher Jäger Köhler Lüders Mönkemeier Nägele \
             Oßwald Pröll Rößler Schäffer Töpfer Überall Vögele Würth",
    remarks: "Wir peeren gern an allen Standorten, an denen wir vertreten sind. | Störungen bitte nur telefonisch \
              melden. | Neue Sitzungen schalten wir werktags zwischen 9 und 17 Uhr. | **Bitte keine Werbeanrufe.**",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const DUTCH: Source = Source {
    code: "nl",
    heads: "Noorder Wester Duin Meer Molen Polder Grutto Kievit Reiger Zilver Koper Linden Eiken Wilgen Waterlelie \
            Zee Maan Ster Veen Heide Lepel Karper Anker Baken Klaver Morgen Oever Rivier Storm Vuurtoren",
    tails: "dijk haven burg veld wijk sluis brug kade poort hof zicht land gracht horst vaart dam rand bos",
    trades: "{} Netwerken; {} Glasvezel; {} Internet; {} Telecom; {} Kabel; {} Breedband; {} Verbindingen; \
             {} Coöperatie; {} Networks",
    content: "{} Hosting; {} Cloud; {} Media; {} Data; {} Automatisering",
    public: "Universiteit {}; Gemeente {}; Hogeschool {}; Waterschap {}; {} Ziekenhuis; {} Verzekeringen",
    legal: "{} B.V.; {} N.V.; Stichting {}; {} Holding B.V.; Coöperatie {} U.A.; {} BVBA",
    halls: "{} Datacenter; {} Datacenter {c}; {} Datahal; {} Serverpark; {} Colocatie {c}",
    exchanges: "{}-IX {c}; {} Internetknooppunt {c}; {} Exchange {c}; {}IX {c}",
    streets: "Havenkade {n}; Molenweg {n}; Kruisgracht {n}; Industrieweg {n}; Dijkstraat {n}; Wetenschapslaan {n}; \
              Zeeheldenplein {n}",
    given: "Anouk Bram Carlijn Daan Eva Floris Geertje Hidde Ilse Joost Klaas Lotte Maarten Nienke Pieter Roos \
            Sjoerd Tess",
    family: "van_den_Akker Bakhuis de_Bruijn van_Dalen Ebbers Franssen Groeneveld ter_Horst IJsseldijk Koolhaas \
             Luijten Mulderij van_Oosten Postma Reijnders Sijtsma van_der_Velde Wiersma",
    remarks: "Peeren kan zonder contract, stuur een bericht naar ons NOC. | Onderhoud kondigen wij een week van \
              tevoren aan.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const NORDIC: Source = Source {
    code: "nordic",
    heads: "Nord Sund Fjell Skjær Ørne Bjørke Grane Storm Vinter Sommer Måne Stjerne Hav Elv Skov Lynge Ravne Ulve \
            Sølv Kobber Älg Ekorr Gran Björk Lövs Ström Tärna Hägg Isfugl Lomme Måge Nygård Østre Vestre Fyr \
            Havørn Kløver Myr Rype Tind",
    tails: "havn vik lund fjord bro dal strand berg bakke vang holm sund gård mark vatn ås näs å kilde eng",
    trades: "{} Fiber; {} Bredbånd; {} Nett; {} Kabel; {} Kommunikation; {} Stadsnät; {} Energi; {} Tele; \
             {} Networks; {} Internet; {} Bredband",
    content: "{} Hosting; {} Media; {} Sky; {} Data; {} Spill; {} Drift",
    public: "{} Universitet; {} Kommune; {} Kommun; {} Sparekasse; {} Høgskole; {} Sygehus; {} Energiverk",
    legal: "{} AB; {} AS; {} ApS; {} A/S; {} A.m.b.a.; {} ehf.; {} SA",
    halls: "{} Datacenter; {} Datahall; {} Datasenter {c}; {} Serverhall; {} Fjellhall",
    exchanges: "{}-IX {c}; {} Internet Exchange {c}; {} Knutepunkt {c}; {} Knutpunkt {c}",
    streets: "Storgata {n}; Hamngatan {n}; Fabriksvägen {n}; Møllevej {n}; Havnegade {n}; Skolegata {n}; \
              Järnvägsgatan {n}; Fjordveien {n}; Nørregade {n}",
    given: "Astrid Bjarne Cecilie Dag Elin Frode Gudrun Håkon Ingrid Jørgen Kåre Linnéa Magnus Nanna Oskar Pernille \
            Rolf Signe Torbjörn Åse",
    family: "Aaberg Bjerregaard Dahlström Ekelund Fjeldstad Grönlund Haugland Isaksen Jökulsson Kjærgaard \
             Lindqvist Myrvold Nygren Ødegård Pålsson Rønning Söderlind Thygesen Västerås Åkesson",
    remarks: "Vi peerer med alle som er til stede på samme knutepunkt. | Planlagt vedlikehold varsles minst fem dager \
              i forveien. | Vi tar gärna emot nya sessioner via e-post.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const FRENCH: Source = Source {
    code: "fr",
    heads: "Beau Clair Haute Belle Vert Mont Val Rive Roche Fontaine Étoile Hirondelle Mésange Alouette Lumière \
            Chêne Bruyère Aurore Marée Brume Cigale Érable Falaise Genêt Lavande Mistral Noisette Olivier Platane \
            Quai Saule Tilleul",
    tails: "mont val rive fort champ port ville pré bois lac roche fontaine lande marais pont plage vigne source",
    trades: "{} Télécom; {} Réseaux; {} Fibre; Réseau {}; {} Communications; {} Internet; Câble {}; {} Connexion; \
             {} Numérique; Régie {}",
    content: "{} Hébergement; {} Médias; {} Nuage; {} Données; {} Vidéo; {} Infogérance",
    public: "Université de {}; Mairie de {}; Banque {}; Hôpital {}; Académie de {}; Mutuelle {}; Conseil de {}",
    legal: "{} SAS; {} SARL; {} SA; Association {}; {} SCIC; Groupe {}; {} SPRL",
    halls: "{} Centre de données; {} Datacenter {c}; {} Salle blanche; {} Hébergement {c}; Campus {} {c}",
    exchanges: "{}-IX {c}; Nœud d'échange {} {c}; {} Échange Internet {c}; {}IX {c}",
    streets: "{n} rue du Moulin; {n} avenue de la Gare; {n} quai des Chartrons; {n} boulevard des Canuts; \
              {n} allée des Tilleuls; {n} impasse du Four; {n} place de l'Église; {n} chemin des Écoliers",
    given: "Amélie Benoît Cécile Damien Élodie François Gaëlle Hélène Inès Jérôme Léa Maël Noémie Océane Pascal \
            Rémi Sébastien Théo Zoé",
    family: "Aubépin Beauchêne Castelnau Desrosiers Évrard Fontanel Gauvin Hébrard Jolivet Lacombe Mérieux Noiret \
             Périgaud Quéré Rouvière Saint-Clair Tréguier Vauquelin",
    remarks: "Nous acceptons le peering avec tout réseau présent sur le même point d'échange. | Merci d'indiquer \
              votre numéro d'AS dans l'objet du message. | Astreinte 24h/24 pour les incidents.",
    gap: "",
    native_gap: "",
    family_first: false,
};

pub(super) const ITALIAN: Source = Source {
    code: "it",
    heads: "Monte Valle Fonte Bella Chiaro Verde Acqua Luna Stella Falco Rondine Quercia Olmo Pietra Riva Alba Brezza \
            Cedro Ginestra Lauro Mirto Nebbia Onda Pineta Rovere Sabbia Torre Ulivo",
    tails: "verde grande d'Oro forte del_Nord del_Sud di_Mare di_Luce celeste gentile brillante felice reale \
            dell'Est centrale",
    trades: "{} Telecomunicazioni; {} Reti; {} Fibra; {} Internet; {} Connessioni; {} Banda Larga; {} Rete; \
             {} Wireless; Consorzio {}; {} Digitale",
    content: "{} Hosting; {} Cloud; {} Media; {} Servizi; {} Dati; {} Informatica",
    public: "Università di {}; Comune di {}; Cassa di Risparmio {}; Ospedale {}; Istituto {}; Regione {}",
    legal: "{} S.r.l.; {} S.p.A.; {} S.r.l.s.; Cooperativa {}; Gruppo {} S.p.A.",
    halls: "{} Centro Dati; {} Data Center {c}; {} Sala Server; {} Campus {c}; {} Torre Dati",
    exchanges: "{}-IX {c}; {} Punto di Interscambio {c}; {} Exchange {c}; {}-NAP {c}",
    streets: "Via del Mulino {n}; Corso Garibaldi {n}; Via Caldera {n}; Piazza del Popolo {n}; Viale dei Tigli {n}; \
              Via dell'Industria {n}; Lungomare {n}",
    given: "Alessia Bruno Chiara Davide Elena Fabrizio Giulia Ivano Lucia Matteo Nicolò Ornella Pietro Rosaria \
            Simone Teresa",
    family: "Albanese Brambilla Castellani Degrassi Esposti Fioravanti Galvani Iacobucci Lombardini Mancuso \
             Nicoletti Orlandini Pellegrino Quattrocchi Rinaldini Scarpa",
    remarks: "Siamo aperti al peering con tutti gli operatori presenti. | Per i guasti chiamare il NOC, attivo a \
              tutte le ore.",
    gap: " ",
    native_gap: "",
    family_first: false,
};

pub(super) const BALTIC: Source = Source {
    code: "baltic",
    heads: "Järvi Meri Koivu Tähti Kuu Metsä Kivi Lintu Saari Lumi Kuusk Tamm Päike Mets Tuule Rand Bērzu Ozolu \
            Jūras Zvaigžņu Saules Ąžuolo Miško Upės Žuvėdros Gandro Haapa Pihlaja Kurki Suo",
    tails: "ranta lampi koski niemi mäki harju salmi linna org järv saar laid kalns krasts pils kalnas krantas \
            tiltas laukas",
    trades: "{} Verkko; {} Kuitu; {} Võrk; {} Sidemed; {} Tīkls; {} Tinklai; {} Telekom; {} Laajakaista; \
             {} Internetas; {} Internet",
    content: "{} Pilvi; {} Data; {} Hosting; {} Media; {} Duomenys",
    public: "{} Yliopisto; {} Ülikool; {} Universitāte; {} Savivaldybė; {} Kaupunki; {} Pankki; {} Haigla",
    legal: "{} Oy; {} OÜ; SIA {}; UAB {}; {} AS; {} Osuuskunta; VšĮ {}",
    halls: "{} Konesali; {} Datakeskus; {} Datu centrs; {} Duomenų centras; {} Palvelinkeskus {c}",
    exchanges: "{}-IX {c}; {} Internet Exchange {c}; {} Solmupiste {c}",
    streets: "Satamakatu {n}; Pärnu mnt {n}; Brīvības iela {n}; Gedimino pr. {n}; Tehtaankatu {n}; Ozolu iela {n}; \
              Mäekalda {n}",
    given: "Aino Bruno Eeva Ilmar Jānis Kadri Liisa Mārtiņš Ona Pekka Rasa Siim Tuomas Ülle Väinö Žydrūnas",
    family: "Aaltonen Bērziņš Eglītis Hämäläinen Jõgi Kalniņš Kukk Laurinaitis Mäkelä Ozoliņa Pärn Rantanen \
             Šimkus Tamme Virtasalo Žilinskas",
    remarks: "Avoin peering-politiikka. | Ootame uusi partnereid kõigis sõlmpunktides.",
    gap: "",
    native_gap: "",
    family_first: false,
};
