/// The frame of every page: language, title, a way past the banners, and the footer that nothing leaves out.
struct RecordPage {
    let title: String
    /// Between the place line and the content: patient and status.
    var banner: Markup = ""
    let content: Markup
    /// Before the paths of links, such as `/ehr`; empty at the root.
    let root: String

    static let contentSecurityPolicy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    func response(status: Int = 200) -> HTTPExchangeResponse {
        HTTPExchangeResponse(
            status: status,
            headers: [
                (name: "Content-Type", value: "text/html; charset=utf-8"),
                (name: "Content-Security-Policy", value: Self.contentSecurityPolicy),
                (name: "X-Content-Type-Options", value: "nosniff"),
                (name: "Referrer-Policy", value: "no-referrer"),
                (name: "Cache-Control", value: "no-store"),
            ],
            body: Array(html.html.utf8))
    }

    private var html: Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title) – pretend EHR</title>
        <style>\(Stylesheet.text)</style>
        </head>
        <body>
        <a class="skip" href="#content">To the content</a>
        <header>
        <div class="place"><div class="inner"><a href="\(root)/">Worklist</a> · Pretend EHR of the sandbox: \
        invented patients, generated images</div></div>
        \(banner)
        </header>
        <main id="content"><div class="inner">
        \(content)
        </div></main>
        <footer><div class="inner">
        <p><strong>Invented patients, generated images.</strong> Research software, not a medical device, \
        <strong>not for clinical use</strong>.</p>
        </div></footer>
        </body>
        </html>

        """
    }
}
