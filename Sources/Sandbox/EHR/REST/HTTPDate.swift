internal import FHIR

extension FHIRInstant {
    /// `Sat, 21 Nov 2026 10:00:00 GMT` (RFC 9110 §5.6.7).
    var httpDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(self.text)
        let day = Int(microsecondsSinceEpoch / 86_400_000_000 - (microsecondsSinceEpoch % 86_400_000_000 < 0 ? 1 : 0))
        let month = Int(String(text[5...6])) ?? 1
        let (date, year) = (String(text[8...9]), String(text[0...3]))
        return "\(days[(day % 7 + 7) % 7]), \(date) \(months[(month + 11) % 12]) \(year) \(String(text[11...18])) GMT"
    }
}
