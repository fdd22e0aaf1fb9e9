"""A search every night, as an Airflow DAG: the task fails when the night did, and the next night goes on all the same."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG(
    dag_id="evonorm_nightly",
    schedule="0 22 * * *",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    # One search at a time runs in a folder.
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="nightly",
        bash_command="exec /opt/evonorm/submit/nightly --config /opt/evonorm/conf/paper-b.conf --run hdfs:///evonorm/run",
        env={
            "EVONORM_MAX_DURATION": "6h",
            "EVONORM_CLUSTER_FILE": "/opt/evonorm/submit/standalone.properties",
            "SPARK_HOME": "/opt/spark",
        },
        append_env=True,
        # The deadline of the search and time for the report.
        execution_timeout=timedelta(hours=6, minutes=30),
        retries=1,
        retry_delay=timedelta(minutes=10),
    )
