namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>The kinds of request that a web service can be configured for.</summary>
[Flags]
public enum RequestShape
{
    None = 0,

    /// <summary>GET, with the values in the query.</summary>
    Query = 1,

    /// <summary>GET, with the values in the path.</summary>
    Path = 2,

    /// <summary>POST of a form.</summary>
    Form = 4,

    /// <summary>POST of JSON.</summary>
    Json = 8,

    /// <summary>POST of XML, with the values in text, in an attribute and in CDATA.</summary>
    Xml = 16,

    All = Query | Path | Form | Json | Xml,
}
