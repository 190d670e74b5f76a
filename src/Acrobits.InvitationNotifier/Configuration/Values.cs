using System.Globalization;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Parses the values of keys. Each method returns null, or the problem. A problem never quotes the value, which can be a
/// secret.
/// </summary>
internal static partial class Values
{
    private static readonly string[] TimeFormats = [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    public delegate string? Parser<T>(string text, out T value);

    public static string Not(string kind) => $"is not {kind}. Write {kind}";

    public static string? ParseText(string text, out string value)
    {
        value = text;
        return null;
    }

    public static string? ParseSwitch(string text, out bool value) =>
        bool.TryParse(text, out value) ? null : Not("true or false");

    public static string? ParseNumber(string text, out int value) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value) ? null : Not("a whole number");

    public static string? ParseFraction(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? null : Not("a number such as 0.5");

    // TimeSpan.Parse reads "1" as one day, "1:2" as 01:02:00, and "24:00:00" as 24 days.
    public static string? ParseTime(string text, out TimeSpan value)
    {
        var time = text.Trim();
        var isNegative = time.StartsWith('-');
        if (TimeSpan.TryParseExact(isNegative ? time[1..] : time, TimeFormats, CultureInfo.InvariantCulture, out value) && Time().IsMatch(time))
        {
            value = isNegative ? -value : value;
            return null;
        }

        return Time().IsMatch(time)
            ? "an hour, a minute or a second is out of range. Use hours up to 23, minutes and seconds up to 59; a day is 1.00:00:00"
            : Number().IsMatch(time)
                ? "a number without a colon means days, which is out of range. Use hh:mm:ss; one second is 00:00:01"
                : Not("a time such as 00:00:10");
    }

    [GeneratedRegex(@"^-?([0-9]+\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex(@"^[-+]?[0-9]+([.,][0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
