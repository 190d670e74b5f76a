using System.Text.RegularExpressions;
using System.Xml;
using CsCheck;

namespace Acrobits.InvitationNotifier.Tests.Templates;

/// <summary>Values as nasty as valid UTF-16 can be, and what a plain reading of the rules makes of them.</summary>
internal static partial class AnyText
{
    private static readonly Gen<string> Nasty = Gen.OneOf(
        "%invitee%", "%invitor%", "%network_id%", "%", "%20", "%2e", "%2F", "%00", "..", ".", "/", "\\", "\"", "'", "<", ">",
        "&", "]]>", "]", "]]", "<![CDATA[", "-->", "<!--", "<?x?>", "&amp;", "&#0;", "</root>", "\",\"x\":\"", "\r", "\n",
        "\t", "\r\n", "\0", "\u0001", "\u000B", "\u001F", "\u007F", "\u0085", "\u00A0", "\u2028", "\u2029", "\uFEFF",
        "\uFFFD", "\uFFFE", "\uFFFF", "\U0001F600", "\U0001FFFE", "\U0010FFFF", "e\u0301", "\u202E", "+", " ", "=", "&x=1",
        ";", "?", "#", ":", "@", "{", "}", "[", "\\u0041", "\\");

    private static readonly Gen<string> Ascii = Gen.Int[0, 0x7F].Select(code => ((char)code).ToString());

    private static readonly Gen<string> Scalar = Gen.Int[0, 0x10FFFF - 0x800]
        .Select(code => char.ConvertFromUtf32(code < 0xD800 ? code : code + 0x800));

    /// <summary>Text that an invitation takes: valid UTF-16, not blank.</summary>
    public static Gen<string> Value { get; } = Gen.Frequency((3, Nasty), (2, Ascii), (1, Scalar)).Array[1, 12]
        .Select(string.Concat)
        .Where(text => !string.IsNullOrWhiteSpace(text));

    /// <summary>Values that are, or almost are, a dot segment.</summary>
    public static Gen<string> DotsOrSo { get; } = Gen.OneOf(
        Gen.OneOf(".", "..", "...", "%2e", "%2E.", "e", "2e", "E", "./", "..\\", ". ", "a"), Value);

    public static Gen<Invitation> Invitation { get; } = Invitations(Value);

    /// <summary>Text for a template to hold: literal text and placeholders, in any order and without gaps.</summary>
    public static Gen<string> Template { get; } = Templates(Gen.OneOf(Nasty, Ascii, Scalar));

    public static Gen<Invitation> Invitations(Gen<string> value) =>
        Gen.Select(value, value, value, (invitee, invitor, networkId) => new Invitation(invitee, invitor, networkId));

    public static Gen<string> Templates(Gen<string> literal) =>
        Gen.Frequency((2, Gen.OneOf("%invitee%", "%invitor%", "%network_id%")), (3, literal)).Array[0, 10]
            .Select(string.Concat);

    /// <summary>Replaces the placeholders in one pass from left to right, and all the other text.</summary>
    public static string Expand(
        string template, Invitation invitation, Func<string, string>? value = null, Func<string, string>? literal = null)
    {
        var parts = Placeholders().Split(template).Select((part, index) => index % 2 == 0
            ? literal?.Invoke(part) ?? part
            : value?.Invoke(Of(invitation, part)) ?? Of(invitation, part));
        return string.Concat(parts);
    }

    /// <summary>XML 1.0, section 2.2, as System.Xml reads it.</summary>
    public static bool IsXml(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    public static bool IsXml(Invitation invitation) =>
        IsXml(invitation.Invitee) && IsXml(invitation.Invitor) && IsXml(invitation.NetworkId);

    private static string Of(Invitation invitation, string keyword) => keyword switch
    {
        "invitee" => invitation.Invitee,
        "invitor" => invitation.Invitor,
        _ => invitation.NetworkId,
    };

    [GeneratedRegex("%(invitee|invitor|network_id)%", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholders();
}
