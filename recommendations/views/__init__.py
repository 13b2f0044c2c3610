"""Pages of the recommendations: each module a part of the site."""

from recommendations.views.public import glossary, recommendation_list, status_counts

__all__ = ["glossary", "recommendation_list", "status_counts"]
