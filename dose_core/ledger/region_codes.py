"""
The codes and words by which objects name anatomy, and the regions that these lie in.

Where two regions are touched both are named. Hips go with the pelvis, as in the examinations of the European
Commission's Radiation Protection 154 ("pelvis & hip", 2008); the shoulder girdle goes with the arm, the sacrum with
the spine, trachea and oesophagus with the chest. What lies in no one region is not listed: vessels of the whole body,
"Extremity", "Phantom".
"""

from dose_core.ledger.region import Region

# Each entry: SNOMED CT code (SCT), SNOMED RT code (SRT) or "-", meaning. Source: PS3.16, CID 4, 4009, 4030, 4031 and
# 4042 (2024), and Annex L of 2018 for the codes of chest, abdomen, pelvis and spine that were in use before. T-D400 is
# what Philips Allura writes for the abdomen.
CODES: tuple[tuple[tuple[Region, ...], str], ...] = (
    (
        (Region.HEAD,),
        """
        69536005 T-D1100 Head; 12738006 T-A0100 Brain; 113305005 T-A6000 Cerebellum
        11279006 T-45520 Circle of Willis; 128320002 T-A0191 Cranial venous system; 117590005 T-AB001 Ear
        81745001 T-AA000 Eye; 371398005 T-D0801 Eye region; 80243003 T-AA810 Eyelid; 28726007 T-AA200 Cornea
        18619003 T-AA110 Sclera; 89545001 T-D1200 Face; 60819002 T-D1206 Cheek; 123851003 T-D0662 Mouth
        45206002 T-21000 Nose; 21974007 T-53000 Tongue; 41695006 T-D1160 Scalp; 91397008 T-11196 Facial bones
        361078006 T-AB959 Internal Auditory Canal; 84301002 T-AB200 External auditory canal
        661005 T-D1213 Jaw region; 91609006 T-11180 Mandible; 59066005 T-11133 Mastoid bone
        70925003 T-11170 Maxilla; 74386004 T-11149 Nasal bone; 360955006 T-2300C Nasopharynx
        55024004 T-11102 Optic canal; 363654007 T-D14AE Orbital structure; 2095001 T-22000 Paranasal sinus
        45289007 T-61100 Parotid gland; 42575006 T-D1460 Sella turcica; 89546000 T-11100 Skull
        79361005 T-15200 Fontanel of skull; 53620006 T-15290 Temporomandibular joint; 13881006 T-11166 Zygoma
        1101003 T-D1400 Intracranial; 53342003 T-21300 Endo-nasal; 18962004 T-23050 Endo-nasopharyngeal
        8012006 T-45530 Anterior communicating artery; 43119007 T-45320 Posterior communication artery
        59011009 T-45800 Basilar artery; 88556005 T-45510 Cerebral artery; 23074001 T-45240 Facial artery
        59749000 T-45410 Lacrimal artery; 113264009 T-45230 Lingual artery; 31145008 T-45250 Occipital artery
        32114007 T-48214 Occipital vein; 53549008 T-45400 Ophthalmic artery
        15672000 T-45270 Superficial temporal artery
        """,
    ),
    (
        (Region.NECK,),
        """
        45048000 T-D1600 Neck; 4596009 T-24100 Larynx; 54066008 T-55000 Pharynx; 81502006 T-55300 Hypopharynx
        312535008 T-20101 Pharynx and larynx; 111002 T-B7000 Parathyroid; 69748006 T-B6000 Thyroid
        54019009 T-61300 Submandibular gland; 5713008 T-D1603 Submandibular area; 170887008 T-D161E Submental
        77621008 T-D1620 Supraclavicular region of neck; 69105007 T-45010 Carotid Artery
        32062004 T-45100 Common carotid artery; 22286001 T-45200 External carotid artery
        86117002 T-45300 Internal carotid artery; 12123001 T-48170 Internal jugular vein
        72021004 T-45210 Superior thyroid artery; 85234005 T-45700 Vertebral artery
        """,
    ),
    (
        (Region.CHEST,),
        """
        816094009 - Chest; 43799004 T-D3200 Intra-thoracic; 39607008 T-28000 Lung; 86598002 T-280A0 Apex of Lung
        955009 T-26000 Bronchus; 44567001 T-25000 Trachea; 110726009 T-DD006 Trachea and bronchus
        72410000 T-D3300 Mediastinum; 32849002 T-56000 Esophagus; 9875009 T-C8000 Thymus; 113197003 T-11300 Rib
        56873002 T-11210 Sternum; 7844006 T-15610 Sternoclavicular joint; 91691001 T-D3136 Parasternal
        26493002 T-11218 Suprasternal notch; 113262008 T-42070 Thoracic aorta; 54247002 T-42100 Ascending aorta
        57034009 T-42300 Aortic arch; 12691009 T-46010 Innominate artery; 8887007 T-48620 Innominate vein
        69327007 T-46200 Internal mammary artery; 81040000 T-44000 Pulmonary artery
        50408007 T-44400 Left pulmonary artery; 78480002 T-44200 Right pulmonary artery
        122972007 T-48581 Pulmonary vein; 48345005 T-48610 Superior vena cava; 72107004 T-48340 Azygos vein
        36765005 T-46100 Subclavian artery; 9454009 T-48330 Subclavian vein
        128589000 T-44007 Systemic collateral artery to lung; 51185008 T-D3000 Thoracic structure
        """,
    ),
    (
        (Region.HEART,),
        """
        80891009 T-32000 Heart; 41801008 T-43000 Coronary artery; 90219004 T-48410 Coronary sinus
        59652004 T-32100 Atrium; 82471001 T-32300 Left atrium; 73829009 T-32200 Right atrium
        33626005 T-32310 Left auricular appendage; 68300000 T-32210 Right auricular appendage
        21814001 T-32400 Ventricle; 87878005 T-32600 Left ventricle; 53085002 T-32500 Right ventricle
        128564006 T-32602 Apex of left ventricle; 128565007 T-32502 Apex of right ventricle
        70238003 T-32640 Left ventricle inflow; 13418002 T-32650 Left ventricle outflow tract
        8017000 T-32540 Right ventricle inflow; 44627009 T-32550 Right ventricle outflow tract
        253276007 D4-31005 Common atrium; 45503006 D4-31120 Common ventricle
        194996006 T-48403 Anterior cardiac vein; 5928000 T-48420 Great cardiac vein
        195416006 T-484A4 Inferior cardiac vein
        """,
    ),
    (
        (Region.BREAST,),
        """
        76752008 T-04000 Breast; 19100000 T-04003 Lower inner quadrant of breast
        33564002 T-04005 Lower outer quadrant of breast; 77831004 T-04002 Upper inner quadrant of breast
        76365002 T-04004 Upper outer quadrant of breast; 80248007 T-04030 Left breast; 73056007 T-04020 Right breast
        63762007 T-04080 Both breasts
        """,
    ),
    (
        (Region.ABDOMEN,),
        """
        818981001 - Abdomen; 7832008 T-42500 Abdominal aorta; 23451007 T-B3000 Adrenal gland
        28273000 T-60610 Bile duct; 34707002 T-60600 Biliary tract; 2334006 T-72100 Calyx; 71854001 T-59300 Colon
        79741001 T-64500 Common bile duct; 38848004 T-58200 Duodenum; 27947004 T-D4200 Epigastric region
        58602004 T-D2310 Flank; 28231008 T-63000 Gallbladder; 110568007 T-48820 Gastric vein
        76015000 T-46420 Hepatic artery; 8993003 T-48720 Hepatic vein; 34516001 T-58600 Ileum
        33795007 T-46520 Inferior mesenteric artery; 64131007 T-48710 Inferior vena cava; 21306003 T-58400 Jejunum
        64033007 T-71000 Kidney; 14742008 T-59000 Large intestine; 133945003 T-D4211 Left hypochondriac region
        68505006 T-D4140 Left lower quadrant of abdomen; 1017210004 - Left lumbar region
        86367003 T-D4130 Left upper quadrant of abdomen; 10200004 T-62000 Liver
        303270005 T-50007 Liver and biliary structure; 86570000 T-46500 Mesenteric artery
        128583004 T-4884A Mesenteric vein; 113346000 T-D4450 Omental bursa; 27398004 T-D4600 Omentum
        15776009 T-65000 Pancreas; 69930009 T-65010 Pancreatic duct
        110621006 T-65600 Pancreatic duct and bile duct systems; 32764006 T-48810 Portal vein
        2841007 T-46600 Renal artery; 25990002 T-72000 Renal pelvis; 56400007 T-48740 Renal vein
        82849001 T-D4900 Retroperitoneum; 133946002 T-D4212 Right hypochondriac region
        48544008 T-D4120 Right lower quadrant of abdomen; 1017211000 - Right lumbar region
        50519007 T-D4110 Right upper quadrant of abdomen; 30315005 T-58000 Small intestine; 78961009 T-C3000 Spleen
        22083002 T-46460 Splenic artery; 35819009 T-48890 Splenic vein; 69695003 T-57000 Stomach
        19695001 T-D4210 Subcostal; 42258001 T-46510 Superior mesenteric artery; 57850000 T-46400 Truncus coeliacus
        90290004 T-D4230 Umbilical region; 431491007 T-7000B Upper urinary tract; 87953007 T-73000 Ureter
        113345001 T-D4000 Abdominal structure; - T-D400 Abdomen
        """,
    ),
    (
        (Region.PELVIS,),
        """
        816092008 - Pelvis; 816989007 - Intra-pelvic; 53505006 T-59900 Anus
        110612005 T-59490 Anus, rectum and sigmoid colon; 89837001 T-74000 Bladder
        110837003 T-DD123 Bladder and urethra; 34411009 T-D6500 Broad ligament; 71252005 T-83200 Cervix
        73634005 T-46710 Common iliac artery; 46027005 T-48920 Common iliac vein; 76784001 T-82000 Endo-vaginal
        48367006 T-74250 Endo-vesical; 113269004 T-46910 External iliac artery; 63507001 T-48930 External iliac vein
        29836001 T-D2500 Hip; 24136001 T-15710 Hip joint; 11708003 T-D4240 Hypogastric region
        10293006 T-46700 Iliac artery; 244411005 T-4940E Iliac vein; 22356005 T-12340 Ilium
        26893007 T-D7000 Inguinal region; 90024005 T-46740 Internal iliac artery
        85119005 T-D7020 Left inguinal region; 15497006 T-87000 Ovary; 18911002 T-91000 Penis
        38864007 T-D2700 Perineum; 41216001 T-92000 Prostate; 34402009 T-59600 Rectum
        37117007 T-D7010 Right inguinal region; 39723000 T-15680 Sacroiliac joint; 20233005 T-98000 Scrotum
        60184004 T-59470 Sigmoid colon; 40689003 T-94000 Testis; 13648007 T-75000 Urethra; 35039007 T-83000 Uterus
        110639002 T-88920 Uterus and fallopian tubes; 45292006 T-81000 Vulva; 12921003 T-D6000 Pelvic structure
        """,
    ),
    (
        (Region.SPINE,),
        """
        421060004 T-D04FF Spine; 122494005 T-11501 Cervical spine; 1217257000 - Cervico-thoracic spine
        122495006 T-11502 Thoracic spine; 1217256009 - Thoraco-lumbar spine; 122496007 T-11503 Lumbar spine
        1217253001 - Lumbo-sacral spine; 1217254007 - Sacro-coccygeal Spine; 54735007 T-11AD0 Sacrum
        64688005 T-11BF0 Coccyx; 2748008 T-A7010 Spinal cord; 17388009 T-45730 Anterior spinal artery
        297171002 T-D00F7 Cervicothoracic region of spine structure
        297172009 T-D00F8 Thoracolumbar region of spine structure
        297173004 T-D00F9 Lumbosacral region of spine structure
        297174005 T-D00FA Sacrococcygeal region of spine structure
        """,
    ),
    (
        (Region.UPPER_EXTREMITY,),
        """
        53120007 T-D8000 Upper limb; 85856004 T-15420 Acromioclavicular joint; 91470000 T-D8104 Axilla
        67937003 T-47100 Axillary Artery; 68705008 T-49110 Axillary vein; 371195002 T-D0821 Bone of upper limb
        17137000 T-47160 Brachial artery; 20115005 T-49350 Brachial vein; 20699002 T-49240 Cephalic vein
        128553008 T-49215 Antecubital vein; 51299004 T-12310 Clavicle; 16953009 T-15430 Elbow joint
        7569003 T-D8800 Finger; 14975008 T-D8500 Forearm; 85562004 T-D8700 Hand; 85050009 T-12410 Humerus
        30608006 T-13600 Muscle of upper limb; 45631007 T-47300 Radial artery; 79601000 T-12280 Scapula
        16982005 T-D2220 Shoulder; 76505004 T-D8810 Thumb; 44984001 T-47200 Ulnar artery; 40983000 T-D8200 Upper arm
        74670003 T-15460 Wrist joint
        """,
    ),
    (
        (Region.LOWER_EXTREMITY,),
        """
        61685007 T-D9000 Lower limb; 70258002 T-15750 Ankle joint; 68053000 T-47700 Anterior tibial artery
        72001000 T-12700 Bone of lower limb; 80144004 T-12770 Calcaneus; 181347005 T-47402 Common Femoral Artery
        7657000 T-47400 Femoral artery; 83419000 T-49410 Femoral vein; 71341001 T-12710 Femur
        87342007 T-12750 Fibula; 56459004 T-D9700 Foot; 128559007 T-47490 Genicular artery
        60734001 T-49530 Great saphenous vein; 72696002 T-D9200 Knee; 113270003 T-47420 Left femoral artery
        30021000 T-D9400 Lower leg; 102292000 T-14668 Muscle of lower limb; 64234005 T-12730 Patella
        8821006 T-47630 Peroneal artery; 43899006 T-47500 Popliteal artery; 32361000 T-D9310 Popliteal fossa
        13363002 T-47600 Posterior tibial artery; 31677005 T-47440 Profunda Femoris Artery
        69833005 T-47410 Right femoral artery; 128587003 T-D930A Saphenofemoral junction
        362072009 T-4940B Saphenous vein; 58742003 T-12980 Sesamoid bones of foot
        181349008 T-47403 Superficial Femoral Artery; 27949001 T-15770 Tarsal joint; 68367000 T-D9100 Thigh
        29707007 T-D9800 Toe
        """,
    ),
    (
        (Region.WHOLE_BODY,),
        """
        38266002 T-D0010 Entire body
        """,
    ),
    (
        (Region.HEAD, Region.NECK),
        """
        774007 T-D1000 Head and Neck
        """,
    ),
    (
        (Region.HEAD, Region.SPINE),
        """
        110517009 T-11011 Vertebral column and cranium
        """,
    ),
    (
        (Region.NECK, Region.CHEST),
        """
        417437006 R-FAB52 Neck and Chest
        """,
    ),
    (
        (Region.NECK, Region.CHEST, Region.ABDOMEN),
        """
        416152001 R-FAB53 Neck, Chest and Abdomen
        """,
    ),
    (
        (Region.NECK, Region.CHEST, Region.ABDOMEN, Region.PELVIS),
        """
        416319003 R-FAB54 Neck, Chest, Abdomen and Pelvis
        """,
    ),
    (
        (Region.CHEST, Region.ABDOMEN),
        """
        416550000 R-FAB55 Chest and Abdomen; 110861005 T-DD163 Esophagus, stomach and duodenum
        """,
    ),
    (
        (Region.CHEST, Region.ABDOMEN, Region.PELVIS),
        """
        416775004 R-FAB56 Chest, Abdomen and Pelvis
        """,
    ),
    (
        (Region.ABDOMEN, Region.PELVIS),
        """
        818982008 - Abdomen and Pelvis; 818987002 - Intra-abdominopelvic
        416949008 R-FAB57 Abdomen and/or pelvis structure
        """,
    ),
    (
        (Region.PELVIS, Region.LOWER_EXTREMITY),
        """
        1231522001 - Pelvis and lower extremities; 299716001 T-41068 Iliac and/or femoral artery
        """,
    ),
)

# Defined terms of Body Part Examined (0018,0015). Source: PS3.16, Annex L, Table L-1; THORAX is no term of it, and
# written all the same.
WORDS: tuple[tuple[tuple[Region, ...], str], ...] = (
    (
        (Region.HEAD,),
        """
        HEAD BRAIN CEREBELLUM CHEEK CIRCLEOFWILLIS CORNEA EAR EYE EYELID FACE IAC JAW MASTOID MAXILLA MOUTH NOSE
        OPTICCANAL ORBIT PAROTID SCALP SCLERA SELLA SINUS SKULL TMJ TONGUE ZYGOMA
        """,
    ),
    ((Region.NECK,), "NECK CAROTID LARYNX PARATHYROID PHARYNX SUBMANDIBULAR THYROID"),
    (
        (Region.CHEST,),
        "CHEST THORAX BRONCHUS ESOPHAGUS LUNG MEDIASTINUM RIB SCJOINT STERNUM THYMUS TRACHEA",
    ),
    ((Region.HEART,), "HEART CORONARYARTERY"),
    ((Region.BREAST,), "BREAST"),
    (
        (Region.ABDOMEN,),
        """
        ABDOMEN ADRENAL BILEDUCT COLON DUODENUM GALLBLADDER ILEUM JEJUNUM KIDNEY LARGEINTESTINE LIVER PANCREAS
        SMALLINTESTINE SPLEEN STOMACH UPRURINARYTRACT URETER
        """,
    ),
    (
        (Region.PELVIS,),
        """
        PELVIS ANUS BLADDER CERVIX HIP ILIUM OVARY PENIS PROSTATE RECTUM SCROTUM SIJOINT TESTIS URETHRA UTERUS VAGINA
        VULVA
        """,
    ),
    ((Region.SPINE,), "SPINE CSPINE CTSPINE TSPINE TLSPINE LSPINE LSSPINE SSPINE SACRUM COCCYX"),
    (
        (Region.UPPER_EXTREMITY,),
        """
        ACJOINT ARM AXILLA CLAVICLE ELBOW FINGER FOREARM HAND HUMERUS RADIUS RADIUSULNA SCAPULA SHOULDER THUMB ULNA
        WRIST
        """,
    ),
    (
        (Region.LOWER_EXTREMITY,),
        "ANKLE CALCANEUS CALF FEMUR FIBULA FOOT KNEE LEG PATELLA SESAMOID THIGH TIBIA TIBIAFIBULA TOE",
    ),
    ((Region.WHOLE_BODY,), "WHOLEBODY"),
    ((Region.HEAD, Region.NECK), "HEADNECK"),
    ((Region.NECK, Region.CHEST), "NECKCHEST"),
    ((Region.NECK, Region.CHEST, Region.ABDOMEN), "NECKCHESTABDOMEN"),
    ((Region.NECK, Region.CHEST, Region.ABDOMEN, Region.PELVIS), "NECKCHESTABDPELV"),
    ((Region.CHEST, Region.ABDOMEN), "CHESTABDOMEN"),
    ((Region.CHEST, Region.ABDOMEN, Region.PELVIS), "CHESTABDPELVIS"),
    ((Region.ABDOMEN, Region.PELVIS), "ABDOMENPELVIS"),
)
