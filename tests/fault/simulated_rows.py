"""SIMULATED patients as plain CSV files of one import. No row describes a real person."""

import datetime
import random

INFUSED = datetime.date(1987, 1, 1)
COLUMNS = {
    "patients": "record_number,family,given,birth_date,sex,country,region",
    "consents": "record_number,scope,status,from,to,source",
    "conditions": "record_number,condition_id,code_system,code,subtype,diagnosed,"
                  "stage,risk_group,prior_lines,ecog,kps,hct_ci",
    "episodes": "record_number,episode_id,condition_id,product,infused,enrolled,"
                "apheresis,laterality,intent,track,age_at_infusion",
    "visits": "episode_id,contact,contact_type,alive,disease_assessed",
    "events": "episode_id,type,onset,end,code_system,code,grade,serious,related,confirmed,cause",
}


def write_patients(folder, prefix, count, seed):
    """Writes one file for each table; every other patient dies. Returns {table: rows}."""
    draw = random.Random(seed)
    rows = {table: [] for table in COLUMNS}
    for i in range(count):
        number = f"{prefix}-{i}"
        seen = INFUSED + datetime.timedelta(days=draw.randint(30, 2000))
        rows["patients"].append(f"{number},,,,{draw.choice('MF')},US,")
        rows["consents"].append(f"{number},research,given,{INFUSED},,assumed")
        rows["conditions"].append(f"{number},{number}-c,perdura,acute-leukaemia,"
                                  f"{draw.choice(['all', 'aml-low', 'aml-high'])},1986-10-01,,,,,,")
        rows["episodes"].append(f"{number},{number}-e,{number}-c,allo-hct@1,{INFUSED},{INFUSED},"
                                f",,,standard,{draw.randint(5, 69)}")
        rows["visits"].append(f"{number}-e,{seen},exam,true,true")
        if i % 2 == 0:
            died = seen + datetime.timedelta(days=draw.randint(1, 300))
            rows["events"].append(f"{number}-e,death,{died},,,,,,,true,unknown")
    folder.mkdir(parents=True)
    for table, lines in rows.items():
        (folder / f"{table}.csv").write_text("\n".join([COLUMNS[table]] + lines) + "\n")
    return {table: len(lines) for table, lines in rows.items()}
