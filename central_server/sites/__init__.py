"""Where access is controlled: areas, gates, access points, and the edge at each gate."""
