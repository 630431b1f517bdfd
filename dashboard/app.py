"""Where Streamlit starts: it shows the page that was asked for.

Imported, it does nothing.
"""

if __name__ == "__main__":
    from dashboard.pages import show

    show()
