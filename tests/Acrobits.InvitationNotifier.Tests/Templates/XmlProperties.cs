using System.Security;
using System.Xml;
using System.Xml.Linq;
using CsCheck;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class XmlProperties
{
    private static readonly Gen<string> TemplateText = AnyText.Template.Where(AnyText.IsXml);

    // Of these nothing is more likely than "]]>", put together by a template and its values.
    private static readonly Gen<string> Brackets = Gen.OneOf("]", "]", ">", "]]", "]>", "a", "\r");

    // A document that a namespace-aware reader accepts, whatever the texts hold.
    private delegate string Writer(string text);

    [Fact]
    public void CreateRequest_AnyValue_IsReadBackOrRefused()
    {
        var endpoint = Expansion.Endpoint(
            "https://example.com/",
            "<r><t>%invitee%</t><a x=\"%invitor%\" y='%network_id%'/><c><![CDATA[%invitee%]]></c></r>",
            Expansion.Xml);

        AnyText.Invitation.Sample(
            invitation =>
            {
                if (!AnyText.IsXml(invitation))
                {
                    Assert.Throws<FormatException>(() => endpoint.CreateRequest(invitation));
                    return;
                }

                using var request = endpoint.CreateRequest(invitation);
                var root = Read(request.Content!.ReadAsStream());
                Assert.Equal(["t", "a", "c"], root.Elements().Select(element => element.Name.LocalName));
                Assert.Equal(invitation.Invitee, root.Element("t")!.Value);
                Assert.Equal(invitation.Invitor, root.Element("a")!.Attribute("x")!.Value);
                Assert.Equal(invitation.NetworkId, root.Element("a")!.Attribute("y")!.Value);
                Assert.Equal(invitation.Invitee, root.Element("c")!.Value);
            },
            iter: 5_000);
    }

    [Fact]
    public void CreateRequest_AnyTextTemplate_KeepsItsStructure() =>
        CheckTemplates(text => $"<x>{EscapeText(text)}</x>", element => element.Value);

    [Fact]
    public void CreateRequest_AnyAttributeTemplate_KeepsItsStructure() =>
        CheckTemplates(text => $"<x a = \"{EscapeAttribute(text)}\">></x>", element => element.Attribute("a")!.Value);

    [Fact]
    public void CreateRequest_AnyApostrophedAttributeTemplate_KeepsItsStructure() =>
        CheckTemplates(text => $"<x b='\"' a='{EscapeAttribute(text)}'/>", element => element.Attribute("a")!.Value);

    [Fact]
    public void CreateRequest_AnyCDataTemplate_KeepsItsStructure() =>
        CheckTemplates(
            text => $"<x><![CDATA[{text.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal)}]]></x>",
            element => element.Value,
            // A reader makes a line feed of a carriage return that stands in CDATA.
            text => !text.Contains('\r', StringComparison.Ordinal));

    [Fact]
    public void CreateRequest_EndOfCDataInPieces_IsReadBack()
    {
        var value = Brackets.Array[1, 4].Select(string.Concat).Where(text => !string.IsNullOrWhiteSpace(text));
        Gen.Select(AnyText.Templates(Brackets.Where(text => text != "\r")), AnyText.Invitations(value)).Sample(
            (text, invitation) =>
            {
                // The template's own ">" stays one where it may.
                var plain = text.Replace("]]>", "]]&gt;", StringComparison.Ordinal);
                var cdata = text.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal);
                var expected = AnyText.Expand(text, invitation);

                var root = Read(new MemoryStream(Expansion.Body(
                    Expansion.Xml, $"<r><t>{plain}</t><a x=\"{text}\"/><c><![CDATA[{cdata}]]></c></r>", invitation)));

                Assert.Equal([expected, "", expected], root.Elements().Select(element => element.Value));
                Assert.Equal(expected, root.Element("a")!.Attribute("x")!.Value);
            },
            iter: 5_000);
    }

    // What the writer wrote of each text, its placeholders untouched, has to be read as that text expanded.
    private static void CheckTemplates(Writer write, Func<XElement, string> read, Func<string, bool>? isWritable = null) =>
        Gen.Select(TemplateText.Where(isWritable ?? (_ => true)).Array[1, 4], AnyText.Invitation).Sample(
            (texts, invitation) =>
            {
                var template = $"<?xml version='1.0'?><!-- ]]> --><r><![CDATA[<]]>{string.Concat(texts.Select(text => write(text)))}</r>";
                if (!AnyText.IsXml(string.Concat(texts.Select(text => AnyText.Expand(text, invitation)))))
                {
                    var endpoint = Expansion.Endpoint("https://example.com/", template, Expansion.Xml);
                    Assert.Throws<FormatException>(() => endpoint.CreateRequest(invitation));
                    return;
                }

                var elements = Read(new MemoryStream(Expansion.Body(Expansion.Xml, template, invitation))).Elements();

                Assert.Equal(texts.Select(text => AnyText.Expand(text, invitation)), elements.Select(read));
                Assert.DoesNotContain(elements, element => element.HasElements);
            },
            iter: 2_000);

    private static XElement Read(Stream stream)
    {
        using var reader = XmlReader.Create(stream);
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
    }

    private static string EscapeText(string text) =>
        SecurityElement.Escape(text).Replace("\r", "&#13;", StringComparison.Ordinal);

    private static string EscapeAttribute(string text) => EscapeText(text)
        .Replace("\n", "&#10;", StringComparison.Ordinal)
        .Replace("\t", "&#9;", StringComparison.Ordinal);
}
