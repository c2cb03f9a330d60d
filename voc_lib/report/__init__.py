"""Paper: tables, charts and words that notebooks show, and the HTML, PDF and Excel made of them."""
