"""A client that inserts 0, 1, 2 ... into the database at argv[1], printing each number after its commit."""

import itertools
import sys

import psycopg2

if __name__ == "__main__":
    connection = psycopg2.connect(sys.argv[1])
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS written (number int PRIMARY KEY, filler text)")
    for number in itertools.count():
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES (%s, repeat('x', 500))", (number,))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
