"""Cities that the database of zones does not name, each with the zone of its clocks.

People write a city for a zone: ``until 22:00 Mumbai``. A city that is missing here is read as a reason.
"""

from __future__ import annotations

IN_ZONES = {
    "Africa/Cairo": "Alexandria",
    "Africa/Johannesburg": "Cape Town, Pretoria",
    "America/Chicago": "Austin, Dallas, Houston",
    "America/Los_Angeles": "Portland, San Diego, San Francisco, San Jose, Seattle, SF",
    "America/New_York": "Atlanta, Boston, Miami, NYC, Philadelphia, Washington",
    "America/Sao_Paulo": "Brasilia, Rio de Janeiro",
    "America/Toronto": "Montreal, Ottawa",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Ho_Chi_Minh": "Hanoi, HCMC",
    "Asia/Jerusalem": "Haifa, Tel Aviv",
    "Asia/Kolkata": "Bangalore, Bengaluru, Bombay, Chennai, Delhi, Hyderabad, Mumbai, New Delhi, Pune",
    "Asia/Shanghai": "Beijing, Guangzhou, Hangzhou, Shenzhen",
    "Asia/Tokyo": "Kyoto, Osaka",
    "Australia/Sydney": "Canberra",
    "Europe/Berlin": "Cologne, Frankfurt, Hamburg, Koln, Leipzig, Munchen, Munich, Stuttgart",
    "Europe/Istanbul": "Ankara",
    "Europe/Kyiv": "Lviv",
    "Europe/Lisbon": "Porto",
    "Europe/London": "Cambridge, Edinburgh, Manchester, Oxford",
    "Europe/Madrid": "Barcelona, Valencia",
    "Europe/Paris": "Lyon, Marseille, Toulouse",
    "Europe/Rome": "Milan, Milano, Roma, Turin",
    "Europe/Vienna": "Graz, Wien",
    "Europe/Warsaw": "Krakow, Wroclaw",
    "Europe/Zurich": "Basel, Bern, Geneva, Genf, Lausanne",
}
ELSEWHERE = {city.upper(): (zone,) for zone, cities in IN_ZONES.items() for city in cities.split(", ")}
"""The cities in capitals and without accents."""
