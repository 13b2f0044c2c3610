"""Pages of the recommendations: each module a part of the site."""

from recommendations.overview import status_counts
from recommendations.views.public import glossary, recommendation_list

__all__ = ["glossary", "recommendation_list", "status_counts"]
