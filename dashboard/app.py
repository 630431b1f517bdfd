"""Where Streamlit starts: it shows the page that was asked for.

A worker process is told of this file as the main program it stems from, and must find nothing to run here.
"""

if __name__ == "__main__":
    from dashboard.pages import show

    show()
