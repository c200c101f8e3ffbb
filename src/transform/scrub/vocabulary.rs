//! Words that tell whether a capitalised word is a person's name.
//!
//! Folded: lower case, no accents. English, German, French, Spanish, Italian, Polish,
//! with the commonest of Dutch, Portuguese and Russian.

/// Stand before a name.
pub(super) const TITLES: &str = "mr mrs ms miss mister madam sir lady lord dame dr prof professor doctor rev \
    herr herrn frau fraulein hr fr \
    monsieur madame mademoiselle mme mmes mlle messieurs maitre docteur \
    sr sra srta senor senora senorita don dona doctora \
    sig signor signore signora signorina dott dottor dottore dottoressa ing avv geom rag egregio \
    pan pani pana panu panem pania panstwo mgr inz \
    meneer mevrouw mevr dhr mw senhor senhora \
    господин госпожа господина госпоже г";

/// Greet the one who is named next.
pub(super) const GREETINGS: &str = "dear hello hi hey morning afternoon evening attn thanks thank greetings \
    hallo liebe lieber guten tag moin servus danke werte werter \
    bonjour bonsoir salut cher chere chers merci attention \
    hola estimado estimada querido querida buenos dias tardes noches apreciado apreciada gracias \
    ciao caro cara gentile buongiorno buonasera salve grazie gentilissimo gentilissima \
    czesc drogi droga witaj hej dobry szanowny szanowna dziekuje panie \
    beste geachte hoi prezado prezada ola caro здравствуйте уважаемый уважаемая привет дорогой дорогая";

/// Close a letter; the name of who wrote it follows after a comma or a line's end.
pub(super) const CLOSINGS: &str = "regards thanks thank you best cheers sincerely yours truly faithfully wishes respectfully love \
    grusse grussen gruss gruessen gruesse dank danke hochachtungsvoll bald \
    cordialement vous sincerement salutations amities merci bientot respectueusement \
    saludos saludo atentamente cordialmente gracias abrazo atte \
    saluti cordialita grazie presto \
    pozdrawiam powazaniem pozdrowieniami dziekuje szacunkiem pozdrowienia \
    groet groeten mvg cumprimentos atenciosamente obrigado obrigada abraco уважением спасибо from de da von od";

/// What people do, and machines seldom: stand after a name.
pub(super) const DOES: &str = "said says wrote writes asked asks called calls rang told tells confirmed confirms signed signs \
    wants wanted wishes paid pays complained complains reported reports requested requests knows thinks replied replies \
    answered answers mentioned mentions moved promised insists insisted agreed refused cancelled canceled returned has \
    prefers needs forgot sent claims claimed added explained thanked would here \
    sagt sagte schrieb schreibt fragt fragte meint meinte bittet bat ruft rief mochte will wollte bestatigt bestatigte \
    zahlt zahlte hat hatte bestellt beschwert wunscht antwortet antwortete meldet meldete kommt kam braucht wohnt \
    dit disait ecrit ecrivait demande demandait appelle appelait confirme veut voulait souhaite paie paye a avait signale \
    attend repond habite conteste refuse reclame prefere \
    dice dijo escribe escribio pide pidio pregunta pregunto llama llamo confirma confirmo quiere queria firma firmo paga \
    pago ha habia avisa aviso vive responde respondio cancelo necesita prefiere solicita \
    disse scrive scrisse chiede chiese domanda chiama chiamo conferma confermo vuole voleva firmo segnala abita risponde \
    rispose preferisce richiede aveva \
    mowi mowil mowila pisze pisal pisala napisal napisala prosi prosil prosila pyta pytal pytala dzwoni dzwonil dzwonila \
    zadzwonil zadzwonila potwierdza potwierdzil potwierdzila chce chcial chciala podpisal podpisala placi zaplacil \
    zaplacila zglosil zglosila umowil umowila powiedzial powiedziala odpowiedzial odpowiedziala mieszka czeka dostal \
    dostala przeprowadzil przeprowadzila zwrocil zwrocila wysyla wyslal wyslala \
    zegt zei schreef vraagt vroeg belde disse escreveu pediu ligou quer написал написала сказал сказала просит звонил звонила";

/// Stand before the one a thing comes from, goes to or is about.
pub(super) const TAKES: &str = "with by from to for tell ask told asked contact called spoke per via is and \
    mit von bei fur an laut gegenuber nach und ist wegen \
    avec par selon pour chez contacte apres et \
    con por segun para hablo contacte y e ha \
    da secondo per contattato \
    z od dla wedlug przez do u oraz ze panem \
    met van voor volgens com segundo от для";

/// Stand before nouns, hardly before names.
pub(super) const ARTICLES: &str = "the an this that these those every each no my your our its some any one two three \
    der die das den dem des ein eine einen einem einer kein keine jede jeder jedes diese dieser dieses im am zum zur vom beim \
    le la les l un une des du ce cet cette ces au aux chaque \
    el los las unos unas uno una esta este estos estas cada del al \
    il lo i gli dei delle della dello degli nel nella sul sulla ogni alla allo questo questa \
    ten ta to te ci jeden jedna jedno kazdy kazda w na we \
    het een de o os as um uma";

/// Stand before months and seasons.
pub(super) const WHEN: &str = "in until till by on of since before after during through early late mid next last this from to and or \
    every between bis seit ab im vor nach anfang ende mitte en au avant depuis jusqu fin debut hasta desde antes finales \
    entro fino prima dopo w od do przed po";

/// Addressed or signed like people, but nobody by name.
pub(super) const GENERIC: &str = "customer customers client clients team support service services sirs madam sir all everyone colleague \
    colleagues friend friends guest guests member members user users sales billing help desk office management staff \
    partner partners kunde kunden kundin damen herren kollegen kollege team serviceteam zusammen freunde gast gaste \
    cliente clientes clienti monsieur madame messieurs equipe service clientele collegues senores amigos equipo soporte \
    servizio assistenza signori colleghi amici klienci klient klienta panstwo pomoc zespol dzial obsluga obslugi order \
    invoice number regards best kind your the our and we i it they you he she ihr ihre wir ich sie er es nous vous je il \
    elle nosotros usted yo su noi voi lei io my ty wy on ona please note bitte merci gracias grazie prosze monday tuesday \
    wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag morgen abend";

/// Stand beside the name of a street or square, which is often a person's.
pub(super) const STREETS: &str = "street road avenue boulevard lane square drive st rd ave blvd station airport bridge \
    hospital university school college museum strasse platz allee weg gasse ufer damm ring rue place quai pont gare \
    lycee calle avenida plaza paseo ronda camino via viale piazza corso largo vicolo ulica ulicy ul aleja alei al plac \
    placu osiedle rondo";

/// Months, seasons and days.
pub(super) const MONTHS: &str = "january february march april may june july august september october november december \
    summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday \
    januar februar marz mai juni juli oktober dezember sommer herbst fruhling montag dienstag mittwoch donnerstag freitag \
    samstag sonntag janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre lundi mardi mercredi \
    jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    lunes martes miercoles jueves viernes gennaio febbraio aprile maggio giugno luglio settembre ottobre \
    dicembre maj kwiecien czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien";

/// Names, of persons or in the tables of names, that are also common words, months or
/// places: they need more than a capital letter.
pub(super) const COMMON: &str = "\
    time times line lines care mine fine base note notes rate made state plane \
    will may rose mark summer winter spring autumn april june july august september october november december january \
    february march monday tuesday wednesday thursday friday saturday sunday grace hope faith joy frank bill art rob drew \
    chase hunter grant pat jack jean sue dawn iris ivy lily violet daisy ruby pearl amber jade crystal ginger olive heather \
    holly hazel penny patience chance max sky rain river brook brooks stone wood woods field fields hill hills lake ford \
    bush rice price king queen prince duke page cook baker miller smith taylor mason carter cooper fisher hunter gardener \
    shepherd porter potter weaver turner walker parker barber bishop pope abbot knight young long short little small large \
    green brown white black gray grey gold golden silver rich sharp swift strong wise noble stern moody best good goodman \
    day night christmas love child kidd boy man people bell banks park parks street lane bridge church house hall houses \
    garden gardens field wells waters pool marsh forest glass cross carpenter marks hand foot head beard major general \
    minor block line constant unique parent trace arch pages green conn sole era pain art sim delta post fern mac ed don \
    can else name every meta vita haven hart buck bird fox wolf lamb bull crane drake swan finch robin jay martin nelson \
    jordan austin dallas houston phoenix lincoln washington jackson madison georgia virginia carolina dakota montana \
    florida paris london york berlin roma florence sydney adelaide victoria chelsea brooklyn savannah orlando boston \
    america asia india german english french spanish italian polish dutch danish irish scottish welsh turkish greek roman \
    halle essen celle bremen hagen hamm trier worms passau zwickau europe britain holland lorraine normandie bretagne provence \
    alba asturias navarra aragon castilla lombardia calabria sardegna china china africa france israel chad kenya wales ireland england scotland milan siena verona lourdes \
    mercedes santiago cordoba leon valencia sevilla toledo angeles barcelona cruz real feliz oslo geneva \
    sonny buddy lucky honey sunny misty stormy merry happy christian royal justice liberty destiny trinity heaven harmony \
    melody serenity genesis star angel cherry candy coral dale glen heath reed cliff dean wade clay ray rod nick josh guy \
    gene earl dick randy peg web pier case tab ty art chip dot herb norm gill marina bay sandy pierce miles ward trace \
    sommer herbst fruhling januar februar marz mai juni juli oktober dezember rosen rosa linde blume stern sonne mond engel \
    gross klein lang kurz alt jung neu schwarz weiss rot grun braun kaiser konig furst graf herzog bischof papst koch bauer \
    muller schmied schmidt schneider fischer jager weber wagner becker schafer zimmermann hofmann richter vogt meister \
    schreiber fuchs wolf hase hahn vogel lerche sperling adler bar hirsch kraft stark wild frei reich arm fromm kluge winkel \
    berg bach feld wald stein brunner busch baum ast zweig apfel kirsch birne horn kopf fuss hand finger hut mantel weg haus \
    burg turm kirch sommer winter ernst wolke heide erika iris viola melisse lorenz falk eckert kraus krause gunther \
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre pierre claire fontaine marguerite rose \
    blanche aurore jasmin violette olive prune cerise clemence constance desire felicite france marine noel pascal \
    victoire colombe luc lucie marin roman tristan petit grand gros bon blanc noir rouge brun roux vert boulanger \
    boucher marchand mercier meunier charpentier fournier berger roi leroy prince chevalier moulin dubois dupont bois \
    fontaine riviere rivière mer lac mont roche roches pont ville maison champ champs jardin vigne olivier rosier laurier \
    poirier pommier chene perrin fleur fleurs soleil lune etoile ange moreau aube guerre paix garnier barbier caron \
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre pilar rosario mar cruz luz paz \
    sol estrella esperanza consuelo dolores remedios milagros angel angeles mercedes concepcion asuncion encarnacion \
    soledad gloria victoria perla blanca nieves rocio alba aurora celeste violeta rosa margarita jazmin flor flores rosales \
    castillo torres iglesia iglesias prado campo campos calle casas rios rio sierra monte montes vega valle vergara puente \
    fuentes fuente leon lobo cordero toro paloma gallo pastor molina molinero herrero zapatero caballero guerrero rey reyes \
    rubio moreno blanco delgado bueno bravo cortes franco salud guerra plaza palacios nieto hidalgo marquez santos santo \
    santa cristo domingo sanchez lunes martes miercoles jueves viernes sabado \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre viola celeste rosa bianca bianchi rossi \
    verdi neri bruno gallo leone lupo orso volpe gatto corvo colombo falco ferrari ferraro fabbri costa costi conti conte re \
    marchese vescovo papa prete monaco barbieri sarti molinari pastore contadino villa torre ponte chiesa casa monte monti \
    valle fontana fiume lago mare riva bosco fiore fiori giglio gemma perla stella sole luna alba aurora letizia gioia \
    grazia speranza pace vittoria gloria angelo serena chiara bella bello grasso basso lungo longo grande piccolo romano \
    greco marino franco felice fortuna santoro santo santa amato caruso marini silvestri milano napoli palermo venezia \
    torino genova pisa siena \
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia roza lilia malina \
    jagoda kalina wiosna lato jesien zima zajac wrobel kot lis wilk kruk sikora sowa golab kozlowski dziecial baran koziol \
    zuraw jelen sokol szpak czajka bocian kos kogut mazur gora wrona krol ksiaze biskup wojcik kowal mlynarz piekarz \
    szewc krawiec rybak stolarz bednarz kucharz gajda nowy nowa nowe maly mala bialy biala czarny czarna zielony \
    zielona stary stara dlugi dluga gorny dolna lipa sosna dab brzoza grab klon jawor wierzba mila zloty zlota pokora \
    nadzieja wiara milosc polska polski warszawa krakow niebieski lesny las rzeka pole duda kubiak sikorka";
