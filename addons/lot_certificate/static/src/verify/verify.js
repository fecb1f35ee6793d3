/* The camera and the drop zone of the verify page. Without script its forms work all the same. */
(function () {
    "use strict";
    const TOKEN = /^\/verify\/[A-Za-z0-9_-]{32}$/;
    const ZXING = "/web/static/lib/zxing-library/zxing-library.js";
    const scanner = document.getElementById("scanner");
    const video = document.getElementById("camera");
    const button = document.getElementById("scan");
    const drop = document.getElementById("drop");

    function say(key) {
        document.getElementById(`note-${key}`).hidden = false;
    }

    /** Follow a code to the page of a document here; a code that leads elsewhere is not followed. */
    function follow(text) {
        let url;
        try {
            url = new URL(text);
        } catch {
            say("foreign");
            return false;
        }
        if (url.origin !== location.origin || !TOKEN.test(url.pathname)) {
            say("foreign");
            return false;
        }
        location.assign(url.pathname);
        return true;
    }

    function load(address) {
        return new Promise((resolve, reject) => {
            const script = document.createElement("script");
            script.src = address;
            script.onload = resolve;
            script.onerror = reject;
            document.head.append(script);
        });
    }

    /** Return a function that reads the code in the picture: the browser's own, or ZXing's. */
    async function makeReader() {
        if ("BarcodeDetector" in window) {
            const formats = await window.BarcodeDetector.getSupportedFormats();
            if (formats.includes("qr_code")) {
                const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
                return async () => (await detector.detect(video))[0]?.rawValue;
            }
        }
        await load(ZXING);
        const reader = new window.ZXing.BrowserQRCodeReader();
        return async () => {
            try {
                return reader.decode(video).getText();
            } catch {
                return undefined; // no code in this picture
            }
        };
    }

    async function scan() {
        button.disabled = true;
        try {
            const stream = await navigator.mediaDevices.getUserMedia({
                video: { facingMode: "environment" },
            });
            video.srcObject = stream;
            video.hidden = false;
            await video.play();
            const read = await makeReader();
            const timer = setInterval(async () => {
                const text = await read();
                if (text && follow(text)) {
                    clearInterval(timer);
                    stream.getTracks().forEach((track) => track.stop());
                }
            }, 300);
        } catch {
            button.disabled = false;
            say("camera");
        }
    }

    if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
        scanner.hidden = false;
        button.addEventListener("click", scan);
    }
    drop.addEventListener("dragover", (ev) => {
        ev.preventDefault();
        drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (ev) => {
        ev.preventDefault();
        drop.classList.remove("over");
        if (ev.dataTransfer.files.length) {
            const input = drop.querySelector("input");
            input.files = ev.dataTransfer.files;
            input.form.submit();
        }
    });
})();
